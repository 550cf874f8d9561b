using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Approvals.Binding;

/// <summary>The programs of agents and of the owner's own kinds are bound as those of commands are.</summary>
public sealed class BoundKindsTests
{
    private const string Turn = """{"prompt":"hi","sessionId":"aaaa1111-0000-4000-8000-000000000001"}""";

    [Theory]
    [InlineData("render", "{}", false)]
    [InlineData("render", "{}", true)]
    [InlineData("claude-cli", Turn, true)]
    public async Task The_program_of_a_kind_is_the_one_that_was_approved(string kind, string payload, bool changed)
    {
        await using var worker = await Start("""{"approval":[{"name":"all"}]}""");
        var script = worker.PathOf("cli.sh");
        worker.Gateway.Fault = call =>
        {
            if (call.Name == "start" && changed) File.AppendAllText(script, "echo more\n");
            return CallFault.None;
        };
        var id = worker.Gateway.Submit(kind, payload);
        await worker.Gateway.Until(g => g.Asked.Count > 0, "the yes is asked for");
        var terminal = new TypedTerminal();
        await terminal.Type("approve", "--home", worker.Home);
        Assert.Contains($"  bound   program {worker.PathOf("cli")}, sha256 ", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("  bound   interpreter /bin/sh, sha256 ", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(kind == "claude-cli", terminal.Out.Contains("  OPEN    Claude decides by itself", StringComparison.Ordinal));
        await Eventually.Is(
            async () => await new TypedTerminal().Type("approve", "--yes", "--home", worker.Home) == 0, "the owner says yes");
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(changed ? ("rejected", WorkBinding.DriftRule) : ("succeeded", null), (result.Outcome, result.Reason));
        Assert.Equal(!changed, File.Exists(worker.PathOf("ran")));
    }

    [Theory]
    [InlineData("claude-cli", Turn, true)]
    [InlineData("render", "{}", false)]
    [InlineData("file-read", """{"path":"/etc/hostname"}""", false)]
    public async Task A_rule_that_takes_nothing_unbound_takes_no_turn_of_an_agent(string kind, string payload, bool rejected)
    {
        await using var worker = await Start("""{"approval":[{"name":"all","unbound":"reject"}]}""");
        var id = worker.Gateway.Submit(kind, payload);
        if (!rejected)
        {
            await worker.Gateway.Until(g => g.Attempt(id).Asked, "the yes is asked for");
            return;
        }
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("rejected", "approval.all"), (result.Outcome, result.Reason));
        Assert.Contains("decides by itself what it runs", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_test_shows_what_a_yes_would_be_bound_to()
    {
        await using var worker = await Start("""{"approval":[{"name":"all"}]}""");
        var terminal = new TypedTerminal();
        var task = worker.PathOf("task.json");
        await File.WriteAllTextAsync(task, JsonSerializer.Serialize(new
        {
            kind = "command", payload = new { argv = new[] { "sh", worker.PathOf("cli.sh") }, env = new { BASH_ENV = "/x" } },
        }));
        Assert.Equal(3, await terminal.Type("policy", "test", task, "--home", worker.Home));
        Assert.Matches("  bound   program /.*/sh, sha256 [0-9a-f]{64}", terminal.Out);
        Assert.Contains($"  bound   script {worker.PathOf("cli.sh")}, sha256 ", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("  OPEN    the task sets BASH_ENV, which changes what programs run", terminal.Out, StringComparison.Ordinal);
    }

    /// <summary>As npm installs an agent: a link to a script.</summary>
    private static async Task<WorkerHarness> Start(string policy)
    {
        var worker = await WorkerHarness.Prepare();
        Directory.CreateDirectory(worker.Home);
        var (script, link) = (worker.PathOf("cli.sh"), worker.PathOf("cli"));
        await File.WriteAllTextAsync(script, $"#!/bin/sh\necho x >> {worker.PathOf("ran")}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserExecute | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(link, script);
        var settings = new { claude = new { program = link }, kinds = new { render = new { program = new[] { link } } } };
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "settings.json"), JsonSerializer.Serialize(settings));
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), policy);
        worker.Go();
        return worker;
    }
}
