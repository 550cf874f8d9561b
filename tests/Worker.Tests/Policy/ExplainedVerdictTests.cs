using System.Text;
using OpenClaw.Worker.Execution.Files.Roots;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;
using OpenClaw.Worker.Policy.Rules;
using OpenClaw.Worker.Policy.Sandbox;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>The decision itself: no disk, no clock, no process.</summary>
public sealed class ExplainedVerdictTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("command", "")]
    [InlineData("file-read", "kinds")]
    [InlineData("COMMAND", "kinds")]
    public void Kinds(string kind, string rule) =>
        Is(rule.Length == 0 ? VerdictKind.Allowed : VerdictKind.Rejected, rule, """{"kinds":["command"]}""",
            new() { Kind = kind, LocalTime = Noon });

    [Theory]
    [InlineData("git status", true)]
    [InlineData("git status -s", false)]
    [InlineData("git", false)]
    [InlineData("/usr/bin/git status", false)]
    [InlineData("npm run", true)]
    [InlineData("npm run test --watch", true)]
    [InlineData("npm install", false)]
    [InlineData("npm", false)]
    [InlineData("NPM run", false)]
    public void An_allow_list_goes_argument_by_argument(string argv, bool allowed) => Is(
        allowed ? VerdictKind.Allowed : VerdictKind.Rejected, allowed ? "" : "commands.allow",
        """{"commands":{"allow":[{"argv":["git","status"]},{"prefix":["npm","run"]}]}}""", Argv(argv.Split(' ')));

    [Fact]
    public void One_argument_with_a_blank_is_not_two() =>
        Is(VerdictKind.Rejected, "commands.allow", """{"commands":{"allow":[{"argv":["git","status"]}]}}""", Argv("git status"));

    [Theory]
    [InlineData("/usr/bin/env", true)]
    [InlineData("/tmp/env", false)]
    [InlineData(null, false)]
    public void A_name_must_lead_to_the_program_that_is_meant(string? found, bool allowed) => Is(
        allowed ? VerdictKind.Allowed : VerdictKind.Rejected, allowed ? "" : "commands.allow",
        """{"commands":{"allow":[{"prefix":["env"],"program":"/usr/bin/env"}]}}""", Argv("env", "x") with { Program = found });

    [Fact]
    public void An_allow_list_leaves_no_way_through_the_shell()
    {
        Is(VerdictKind.Rejected, "commands.shell", """{"commands":{"allow":[{"argv":["git","status"]}]}}""", Text("git status"));
        Is(VerdictKind.Rejected, "commands.shell", """{"commands":{"shell":false}}""", Text("true"));
        Is(VerdictKind.Allowed, "", """{"commands":{"shell":true,"allow":[]}}""", Text("true"));
    }

    [Theory]
    [InlineData("rm -rf /", "commands.deny[0]")]
    [InlineData("cd /; rm -rf *", "commands.deny[0]")]
    [InlineData("echo a\nrm -rf x", "commands.deny[0]")]
    [InlineData("sudo ls", "commands.deny[1]")]
    [InlineData("pseudo", "")]
    public void What_matches_a_denied_pattern_is_refused(string text, string rule) => Is(
        rule.Length == 0 ? VerdictKind.Allowed : VerdictKind.Rejected, rule,
        """{"commands":{"deny":[{"glob":"*rm -rf*"},{"regex":"\\bsudo\\b"}]}}""", Text(text));

    [Fact]
    public void An_argument_list_is_denied_as_well()
    {
        const string policy = """{"commands":{"deny":[{"glob":"rm *"}]}}""";
        Is(VerdictKind.Rejected, "commands.deny[0]", policy, Argv("rm", "-r", "x"));
        Is(VerdictKind.Allowed, "", policy, Argv("ls", "rm"));
    }

    [Fact]
    public void A_regular_expression_that_never_ends_counts_as_found() => Is(
        VerdictKind.Rejected, "commands.deny[0]", """{"commands":{"deny":[{"regex":"^(a+)+$"}]}}""", Text(new string('a', 40) + "b"));

    [Theory]
    [InlineData("LD_PRELOAD", "environment.deny")]
    [InlineData("DYLD_INSERT_LIBRARIES", "environment.deny")]
    [InlineData("DOTNET_STARTUP_HOOKS", "environment.deny")]
    [InlineData("GITHUB_TOKEN", "environment.deny")]
    [InlineData("api_key", "environment.deny")]
    [InlineData("LANG", "")]
    [InlineData("TOKENS", "")]
    public void A_task_sets_no_denied_variable_even_without_a_policy(string name, string rule) => Is(
        rule.Length == 0 ? VerdictKind.Allowed : VerdictKind.Rejected, rule, "{}", Text("true") with { Variables = [name] });

    [Fact]
    public void The_owner_passes_a_denied_variable_by_its_name_and_denies_others()
    {
        const string policy = """{"environment":{"allow":["NPM_TOKEN"],"deny":["AWS_*"],"task":["LANG","*_TOKEN","AWS_*"]}}""";
        Is(VerdictKind.Allowed, "", policy, Text("x") with { Variables = ["NPM_TOKEN", "LANG"] });
        Is(VerdictKind.Rejected, "environment.deny", policy, Text("x") with { Variables = ["AWS_REGION"] });
        Is(VerdictKind.Rejected, "environment.deny", policy, Text("x") with { Variables = ["OTHER_TOKEN"] });
        Is(VerdictKind.Rejected, "environment.task", policy, Text("x") with { Variables = ["PATH"] });
    }

    [Theory]
    [InlineData("/data/in/a", false, "")]
    [InlineData("/data/in", false, "")]
    [InlineData("/data/out/a", false, "")]
    [InlineData("/data/out/a", true, "")]
    [InlineData("/data/in/a", true, "roots.write")]
    [InlineData("/data/inside", false, "roots.read")]
    [InlineData("/etc/passwd", false, "roots.read")]
    [InlineData("/home/ann/.openclaw/worker/policy.json", true, "worker-home")]
    public void Files(string real, bool writes, string rule) => Is(
        rule.Length == 0 ? VerdictKind.Allowed : VerdictKind.Rejected, rule, """{"roots":{"read":["/data/in"],"write":["/data/out"]}}""",
        new() { Kind = "file-x", LocalTime = Noon, File = new("given", real), Access = writes ? RootAccess.Write : RootAccess.Read });

    [Theory]
    [InlineData("""{"roots":{"read":["/data"]}}""", "/data/x", "")]
    [InlineData("""{"roots":{"read":["/data"]}}""", "/home", "roots.run")]
    [InlineData("""{"roots":{"read":["/data"],"run":["/data/x"]}}""", "/data", "roots.run")]
    [InlineData("{}", "/anywhere", "")]
    public void Folders_to_run_in(string policy, string folder, string rule) => Is(
        rule.Length == 0 ? VerdictKind.Allowed : VerdictKind.Rejected, rule, policy, Text("x") with { Folder = new(folder, folder) });

    [Fact]
    public void A_file_too_large_is_refused()
    {
        var write =
            new PolicyInput { Kind = "file-write", LocalTime = Noon, File = new("/a", "/a"), Access = RootAccess.Write, FileBytes = 101 };
        Is(VerdictKind.Rejected, "limits.disk", """{"limits":{"disk":100}}""", write);
        Is(VerdictKind.Allowed, "", """{"limits":{"disk":100}}""", write with { FileBytes = 100 });
    }

    [Theory]
    [InlineData("2026-11-23T21:59", false)]
    [InlineData("2026-11-23T22:00", true)]
    [InlineData("2026-11-24T06:59", true)]
    [InlineData("2026-11-24T07:00", false)]
    [InlineData("2026-11-24T22:30", false)]
    [InlineData("2026-11-23T03:00", false)]
    public void Quiet_hours_over_midnight_belong_to_the_day_they_begin_on(string local, bool quiet)
    {
        var time = DateTimeOffset.Parse(local + "+02:00", System.Globalization.CultureInfo.InvariantCulture); // 2026-11-23 is a Monday
        Is(quiet ? VerdictKind.Later : VerdictKind.Allowed, quiet ? "quietHours[0]" : "",
            """{"quietHours":[{"days":["mon"],"from":"22:00","to":"07:00"}]}""", Text("x") with { LocalTime = time });
    }

    [Theory]
    [InlineData("11:59", false)]
    [InlineData("12:00", true)]
    [InlineData("12:59", true)]
    [InlineData("13:00", false)]
    public void Quiet_hours_within_a_day(string time, bool quiet) => Assert.Equal(quiet, new QuietHours(
        Enum.GetValues<DayOfWeek>(), new(12, 0), new(13, 0)).Contains(
            Noon.Date + TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("2026-11-25 12:30", "2026-11-25 13:00")]
    [InlineData("2026-11-25 13:00", null)]
    [InlineData("2026-11-25 23:00", "2026-11-26 07:30")] // over midnight, and on into the next
    [InlineData("2026-11-26 06:59", "2026-11-26 07:30")]
    [InlineData("2026-11-26 07:30", null)]
    public void When_quiet_hours_end(string now, string? end)
    {
        var days = Enum.GetValues<DayOfWeek>();
        var policy = new OwnerPolicy
        {
            Quiet = [new(days, new(12, 0), new(13, 0)), new(days, new(22, 0), new(7, 0)), new(days, new(6, 0), new(7, 30))],
        };
        Assert.Equal(end is null ? null : At(end), policy.QuietUntil(At(now)));
        static DateTimeOffset At(string text) => DateTimeOffset.Parse(text + " +02:00", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Quiet_hours_without_an_end_are_told_for_a_week()
    {
        var days = Enum.GetValues<DayOfWeek>();
        var policy = new OwnerPolicy { Quiet = [new(days, new(0, 0), new(12, 0)), new(days, new(12, 0), new(0, 0))] };
        Assert.Equal(Noon.AddDays(7), policy.QuietUntil(Noon));
    }

    [Fact]
    public void The_person_is_asked_about_what_a_rule_fits()
    {
        const string policy = """
            {"approval":[{"name":"pushes","kinds":["command"],"glob":"*push*"},{"name":"etc","within":["/etc"]},
              {"name":"agents","kinds":["claude-cli"]}]}
            """;
        Is(VerdictKind.NeedsApproval, "approval.pushes", policy, Text("git push"));
        Is(VerdictKind.NeedsApproval, "approval.pushes", policy, Argv("git", "push"));
        Is(VerdictKind.Allowed, "", policy, Text("git pull"));
        Is(VerdictKind.NeedsApproval, "approval.etc", policy, Text("ls") with { Folder = new("/etc/x", "/etc/x") });
        Is(VerdictKind.NeedsApproval, "approval.agents", policy, new() { Kind = "claude-cli", LocalTime = Noon });
    }

    [Fact]
    public void The_strictest_word_counts_and_all_are_told()
    {
        var judgement = Policy("""
            {"kinds":[],"quietHours":[{"from":"00:00","to":"00:00"}],"approval":[{"name":"all"}],"commands":{"deny":[{"glob":"*"}]}}
            """).ExplainVerdict(Text("x"));
        Assert.Equal("kinds", judgement.Verdict.Rule);
        Assert.Equal(["kinds", "commands.deny[0]", "quietHours[0]", "approval.all"], judgement.Findings.Select(finding => finding.Rule));
        Assert.All(judgement.Findings, finding => Assert.NotEmpty(finding.Sentence));
    }

    [Fact]
    public void File_tasks_are_not_for_a_worker_whose_programs_run_as_somebody_else()
    {
        var policy = Policy("{}") with { RunAs = new RunAsUser("bob", 1001, 1001, "/home/bob", "/bin/sh") };
        Assert.Equal("runAs", policy.JudgeTask(new() { Kind = "file-read", LocalTime = Noon, File = new("/a", "/a") }).Rule);
        Assert.Equal(VerdictKind.Allowed, policy.JudgeTask(Text("x")).Kind);
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a*b", "ab", true)]
    [InlineData("a*b", "axxb", true)]
    [InlineData("a*b", "axxbc", false)]
    [InlineData("*a*b*", "xaxbx", true)]
    [InlineData("?", "a", true)]
    [InlineData("?", "", false)]
    [InlineData("a?c*", "abc", true)]
    [InlineData("A", "a", false)]
    public void Globs_are_over_the_whole_text(string glob, string text, bool matches) =>
        Assert.Equal(matches, TextPattern.FromGlob(glob).Matches(text));

    private static void Is(VerdictKind kind, string rule, string policy, PolicyInput request)
    {
        var verdict = Policy(policy).JudgeTask(request);
        Assert.Equal((kind, rule), (verdict.Kind, verdict.Rule));
        Assert.Equal(kind == VerdictKind.Allowed, verdict.Sentence.Length == 0);
    }

    private static PolicyInput Text(string text) => new() { Kind = "command", LocalTime = Noon, Text = text };

    private static PolicyInput Argv(params string[] argv) => new() { Kind = "command", LocalTime = Noon, Argv = argv };

    private static OwnerPolicy Policy(string json)
    {
        var place = new PolicyContext { Home = "/home/ann", WorkerHome = "/home/ann/.openclaw/worker" };
        var (policy, errors) = PolicyFile.Parse(Encoding.UTF8.GetBytes(json), place);
        Assert.Empty(errors);
        return policy!;
    }
}
