using System.Text;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;
using OpenClaw.Worker.Policy.Sandbox;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Tests.Policy;

public sealed class PolicyFileTests
{
    private static readonly PolicyContext Place = new() { Home = "/home/ann", WorkerHome = "/home/ann/.openclaw/worker" };

    [Fact]
    public void Signatures_are_required_looked_at_or_not_and_with_the_first_a_yes_from_elsewhere_is_signed()
    {
        Assert.Equal(SignatureMode.Off, Read("{}").Policy!.Signatures);
        Assert.Equal(SignatureMode.Warn, Read("""{"signatures":"warn"}""").Policy!.Signatures);
        Assert.Equal(SignatureMode.Require, Read("""{"signatures":"require"}""").Policy!.Signatures);
        Assert.Contains("signatures must be require, warn or off", Read("""{"signatures":"never"}""").Errors);
        Assert.True(Read("""{"signatures":"require","approvalTerms":{"fromGateway":true}}""").Policy!.ApprovalTerms is
        {
            FromGateway: true, SignedOnly: true,
        });
        Assert.False(Read("""{"signatures":"warn","approvalTerms":{"fromGateway":true}}""").Policy!.ApprovalTerms.SignedOnly);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once_with_its_place()
    {
        var (policy, errors) = Read("""
            {
              "kinds": ["command", "No Kind"],
              "comands": {},
              "commands": {
                "shell": "yes", "allow": [{ "argv": ["a"], "prefix": ["b"] }, { "prefix": [] }, 7], "deny": [{}, { "regex": "(" }]
              },
              "roots": { "read": ["work"], "wirte": [] },
              "environment": { "allow": ["*_KEY"], "set": { "A=B": "x" } },
              "runAs": "bob",
              "limits": { "concurrency": 0, "timeout": "1h", "memory": 5 },
              "approval": [{ "name": "a" }, { "name": "a" }, {}],
              "quietHours": [{ "days": ["monday"], "from": "25:00" }],
              "agents": { "claude": { "permissionMode": "bypassPermissions", "allowedTools": ["--x"] } },
              "hooks": { "before": { "argv": ["check"] }, "during": {} }
            }
            """);
        Assert.Null(policy);
        string[] places =
        [
            "kinds holds 'No Kind'", "comands is unknown", "commands.shell must be", "commands.allow[0] needs either",
                "commands.allow[1].prefix must begin",
            "commands.allow[2] must be an object", "commands.deny[0] needs either", "commands.deny[1].regex is no",
                "roots.read holds 'work'",
            "roots.wirte is unknown", "environment.allow takes whole names", "environment.set.A=B is no name", "runAs works only",
            "limits.concurrency must be", "limits.timeout must be", "limits.memory must be", "approval[1].name 'a' is there twice",
            "approval[2].name is needed", "quietHours[0].days holds 'monday'", "quietHours[0].from must be", "quietHours[0].to must be",
            "agents.claude.permissionMode bypasses", "agents.claude must be tool names", "hooks.before.argv must begin",
                "hooks.during is unknown",
        ];
        Assert.All(places, place => Assert.Contains(errors, error => error.StartsWith(place, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"kinds":[],"kinds":[]}""")]
    [InlineData("""{"kinds":null}""")]
    [InlineData("""{"roots":null}""")]
    [InlineData("""{"sandbox":{}}""")]
    [InlineData("""{"sandbox":{"program":"bwrap"},"roots":{}}""")]
    public void What_is_no_policy_is_none(string json)
    {
        var (policy, errors) = Read(json);
        Assert.Null(policy);
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void An_empty_object_allows_everything_but_the_workers_own_folder()
    {
        var policy = Read("{}").Policy!;
        Assert.Null(policy.Kinds);
        Assert.True(policy.Commands is { Shell: true, Allow: null });
        Assert.Null(policy.Folders);
        Assert.Equal("worker-home", policy.Files.JudgePath("x", "/home/ann/.openclaw/worker/policy.json", 0)!.Reason);
        Assert.Null(policy.Files.JudgePath("x", "/home/ann/.openclaw/workers", 0));
    }

    [Fact]
    public void With_an_allow_list_shell_text_and_variables_must_be_allowed_in_so_many_words()
    {
        var policy = Read("""{"commands":{"allow":[{"argv":["git","status"]}]}}""").Policy!;
        Assert.False(policy.Commands.Shell);
        Assert.Empty(policy.Environment.Task!);
        var open = Read("""{"commands":{"shell":true,"allow":[]},"environment":{"task":["LANG"]}}""").Policy!;
        Assert.True(open.Commands.Shell);
        Assert.Single(open.Environment.Task!);
    }

    [Fact]
    public void Paths_are_of_this_PC()
    {
        var folders = Read("""{"roots":{"read":["~","/data/"],"write":["~/out/../in"]}}""").Policy!.Folders!;
        Assert.Equal(["/home/ann", "/data"], folders.Read);
        Assert.Equal(["/home/ann/in"], folders.Write);
        Assert.Equal([.. folders.Read, .. folders.Write], folders.Run);
    }

    [Fact]
    public void Another_user_is_for_a_worker_that_is_root_and_a_user_that_exists()
    {
        var root = Place with
        {
            IsRoot = true,
            FindUser = name => name == "bob" ? new RunAsUser("bob", 1001, 1001, "/home/bob", "/bin/sh") : null
        };
        Assert.Equal(1001u, Read("""{"runAs":"bob"}""", root).Policy!.RunAs!.Uid);
        Assert.Contains("whom this PC does not know", Assert.Single(Read("""{"runAs":"eve"}""", root).Errors), StringComparison.Ordinal);
        Assert.Contains("runs as root; this one does not", Assert.Single(Read("""{"runAs":"bob"}""").Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_read_into_what_the_processes_know()
    {
        var limits =
            Read("""{"limits":{"concurrency":2,"timeout":5000,"cpu":1000,"memory":2097152,"processes":9,"output":10,"disk":100}}""")
                .Policy!.Limits;
        Assert.Equal(new ProcessLimits { CpuMilliseconds = 1000, MemoryBytes = 2097152, Processes = 9, OutputBytes = 10 },
            limits.Processes);
        Assert.Equal((2, 100L), (limits.Concurrency, limits.Disk));
        Assert.Equal(TimeSpan.FromSeconds(5), limits.LowerTimeout(TimeSpan.FromSeconds(9)));
        Assert.Equal(TimeSpan.FromSeconds(4), limits.LowerTimeout(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void A_yes_through_the_gateway_counts_only_when_the_owner_says_so()
    {
        Assert.False(Read("{}").Policy!.ApprovalTerms.FromGateway);
        var terms = Read("""{"approvalTerms":{"fromGateway":true,"wait":5000}}""").Policy!.ApprovalTerms;
        Assert.Equal((true, TimeSpan.FromSeconds(5)), (terms.FromGateway, terms.Wait));
    }

    [Fact]
    public void The_examples_of_the_owners_page_are_policies()
    {
        var page = File.ReadAllText(Path.Combine(TestKit.Processes.Repository.Root, "docs", "worker", "policy.md"));
        var examples = page.Split("```jsonc\n").Skip(1).Select(part => part.Split("\n```")[0]).ToArray();
        Assert.True(examples.Length >= 4);
        Assert.All(examples, example => Assert.Empty(Read(example).Errors));
    }

    private static (OwnerPolicy? Policy, IReadOnlyList<string> Errors) Read(string json, PolicyContext? place = null) =>
        PolicyFile.Parse(Encoding.UTF8.GetBytes(json), place ?? Place);
}
