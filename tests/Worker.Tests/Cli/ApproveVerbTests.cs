using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Cli;

/// <summary>What the owner is told, and asked, before and after his word counts.</summary>
public sealed class ApproveVerbTests
{
    private const string Policy = """
        {"approval":[{"name":"touches","glob":"touch *"},{"name":"secret","glob":"*secret*"},{"name":"reads","kinds":["file-read"]}]}
        """;
    private readonly TypedTerminal terminal = new();

    [Fact]
    public async Task A_yes_for_a_while_says_what_else_it_lets_run_and_until_when_before_it_does()
    {
        await using var worker = await Started();
        var (first, second, both, other) = await Waiting(worker);

        terminal.Typed = "no, wait";
        Assert.Equal(VerbExit.No, await Approve(worker, first, "--yes", "--for", "10m"));
        Assert.Contains("--for lets these run, too, now:", terminal.Out, StringComparison.Ordinal);
        Assert.Contains(second, terminal.Out, StringComparison.Ordinal);
        Assert.Contains("touch second", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(both, terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(other, terminal.Out, StringComparison.Ordinal);
        Assert.Contains("nothing was decided", terminal.Error, StringComparison.Ordinal);
        Assert.All(worker.Gateway.Asked, ask => Assert.Null(ask.Decision));
        Assert.Equal(VerbExit.Done, await Approve(worker, "--rules"));
        Assert.Equal("nothing is allowed for a while\n", terminal.Out);

        terminal.Typed = "y\n";
        Assert.Equal(VerbExit.Done, await Approve(worker, first, "--yes", "--for", "10m"));
        Assert.Contains($"{first} may run\n", terminal.Out, StringComparison.Ordinal);
        Assert.Contains($"{second} may run\n", terminal.Out, StringComparison.Ordinal);
        Assert.Matches("and until 20..-..-.. ..:..:..Z every task of kind command that approval.touches asks about, unasked", terminal.Out);
        foreach (var id in new[] { first, second })
            await worker.Gateway.Ended(id);
        Assert.False(worker.Gateway.Attempt(both).Started);
        Assert.False(worker.Gateway.Attempt(other).Started);

        // What is left of it waits for the other rule alone.
        await Approve(worker, both);
        Assert.Contains("approval.secret", terminal.Out, StringComparison.Ordinal);
        await Approve(worker, both, "--yes");
        await worker.Gateway.Ended(both);
    }

    [Fact]
    public async Task Without_a_terminal_it_says_afterwards_what_it_let_run()
    {
        await using var worker = await Started();
        var (first, second, both, other) = await Waiting(worker);
        Assert.Equal(VerbExit.Done, await Approve(worker, first, "--yes", "--for", "10m"));
        Assert.Contains($"{second} may run", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain($"{both} may run", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain($"{other} may run", terminal.Out, StringComparison.Ordinal);
        await worker.Gateway.Ended(second);
    }

    [Theory]
    [InlineData("touches"), InlineData("approval.touches"), InlineData("all")]
    public async Task A_yes_for_a_while_is_taken_back_by_the_name_the_policy_has_for_its_rule(string name)
    {
        await using var worker = await Started();
        await worker.Gateway.Until(g => g.Count("poll") > 0, "it runs");
        Assert.Equal(VerbExit.No, await Approve(worker, "--revoke", name));
        Assert.Contains("no rule stands", terminal.Error, StringComparison.Ordinal);
        var id = worker.Gateway.Command("touch first");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "it waits");
        Assert.Equal(VerbExit.Done, await Approve(worker, id, "--yes", "--for", "10m"));

        foreach (var other in new[] { "secret", "ouches", "approval" })
        {
            Assert.Equal(VerbExit.No, await Approve(worker, "--revoke", other));
            Assert.Contains("there is no such rule; only this one stands: approval.touches", terminal.Error, StringComparison.Ordinal);
        }
        Assert.Equal(VerbExit.Done, await Approve(worker, "--revoke", name));
        Assert.Equal(VerbExit.Done, await Approve(worker, "--rules"));
        Assert.Equal("nothing is allowed for a while\n", terminal.Out);
    }

    [Theory]
    [InlineData(null, VerbExit.Usage, "say --yes or --no")]
    [InlineData("", VerbExit.No, "nothing was decided")]
    [InlineData("\n", VerbExit.No, "nothing was decided")]
    [InlineData("perhaps\n", VerbExit.No, "nothing was decided")]
    [InlineData("y\n", VerbExit.Done, "")]
    [InlineData("n\n", VerbExit.Done, "")]
    public async Task An_id_alone_asks_and_needs_somebody_to_ask(string? typed, int code, string says)
    {
        await using var worker = await Started();
        var id = worker.Gateway.Command("touch first");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "it waits");
        terminal.Typed = typed;
        Assert.Equal(code, await Approve(worker, id));
        Assert.Contains("touch first", terminal.Out, StringComparison.Ordinal);
        Assert.Contains(says, terminal.Error, StringComparison.Ordinal);
        if (code != VerbExit.Done)
            Assert.All(worker.Gateway.Asked, ask => Assert.Null(ask.Decision));
        else
            await worker.Gateway.Until(g => g.Asked.Any(ask => ask.Decision == (typed == "y\n" ? "approve" : "reject")), "it is told");
    }

    [Fact]
    public async Task How_long_the_server_waits_is_known_at_once_and_not_when_it_was_not_reached()
    {
        await using var worker = await Started();
        worker.Gateway.Fault = call => call.Name == "approval" ? CallFault.Unavailable : CallFault.None;
        var id = worker.Gateway.Command("touch first");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "it waits");
        Assert.Equal(VerbExit.Done, await Approve(worker));
        Assert.Matches($@"{id} \(command\), waits for \d+ s, the server was not reached yet", terminal.Out);
        worker.Gateway.Fault = _ => CallFault.None;
        // The call that is held is the second one: by then the first was answered.
        await worker.Gateway.Until(g => g.Asked.Count > 1, "it waits at the server");
        await Approve(worker);
        Assert.Matches(@" (9 min \d+ s|10 min 0 s) left", terminal.Out);
    }

    private async Task<(string First, string Second, string Both, string Other)> Waiting(WorkerHarness worker)
    {
        var (first, second) = (worker.Gateway.Command("touch first"), worker.Gateway.Command("touch second"));
        var (both, other) = (worker.Gateway.Command("touch secret"), worker.Gateway.Submit("file-read", """{"path":"/touch"}"""));
        var look = new TypedTerminal();
        await Until.True(
            () =>
            {
                look.Type("approve", "--json", "--home", worker.Home).GetAwaiter().GetResult();
                return look.Out.Count(letter => letter == '\n') == 4;
            },
            "four wait");
        return (first, second, both, other);
    }

    private Task<int> Approve(WorkerHarness worker, params string[] words) => terminal.Type(["approve", .. words, "--home", worker.Home]);

    private static async Task<WorkerHarness> Started()
    {
        var worker = await WorkerHarness.Prepare();
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), Policy);
        worker.Go();
        return worker;
    }
}
