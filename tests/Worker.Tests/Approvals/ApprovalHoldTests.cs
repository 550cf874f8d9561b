using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Tests.Cli;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Approvals;

/// <summary>A whole daemon: what becomes of a wait, and of a yes, at a time when nothing is begun.</summary>
public sealed class ApprovalHoldTests
{
    private const string Asks = """ "approval":[{"name":"asked","glob":"*ran*"}] """;
    private const string Quiet = """ "quietHours":[{"from":"00:00","to":"00:00"}] """;
    private readonly TypedTerminal terminal = new();

    [Theory]
    [InlineData($"{{{Asks},{Quiet}}}")]
    [InlineData($"{{{Asks},{Quiet},\"limits\":{{\"concurrency\":1}}}}")]
    [InlineData(null)]
    public async Task A_daemon_that_is_restarted_when_nothing_is_begun_waits_for_a_yes_as_before(string? policy)
    {
        await using var worker = await With($"{{{Asks}}}");
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "the yes is asked for");
        await worker.Stop();

        if (policy is null) await terminal.Type("pause", "--home", worker.Home);
        File.WriteAllText(Path.Combine(worker.Home, policy is null ? "pause" : "policy.json"), policy ?? "until resumed");
        var before = worker.Gateway.Count("approval");
        worker.Go();
        await worker.Gateway.Until(g => g.Count("approval") > before, "it is asked for again");
        Write(worker, $"{{{Asks}}}");
        await terminal.Type("resume", "--home", worker.Home);
        await worker.Gateway.Ended(worker.Gateway.Command("echo the hold is over"));

        Assert.All(worker.Gateway.Asked, ask => Assert.Null(ask.Decision));
        Assert.False(worker.Gateway.Attempt(id).Started);
        await terminal.Type("history", "--home", worker.Home);
        Assert.DoesNotContain("approved", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(VerbExit.Done, await terminal.Type("approve", id, "--yes", "--home", worker.Home));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
    }

    [Fact]
    public async Task A_policy_file_that_is_gone_at_a_restart_is_nobodys_yes()
    {
        await using var worker = await With($"{{{Asks}}}");
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "the yes is asked for");
        await worker.Stop();
        File.Delete(Path.Combine(worker.Home, "policy.json"));
        var before = worker.Gateway.Count("approval");
        worker.Go();
        await worker.Gateway.Until(g => g.Count("approval") > before, "it is asked for again");
        await worker.Gateway.Ended(worker.Gateway.Command("echo others run"));
        Assert.False(worker.Gateway.Attempt(id).Started);
        Assert.All(worker.Gateway.Asked, ask => Assert.Null(ask.Decision));
    }

    [Fact]
    public async Task A_policy_that_asks_no_more_after_a_restart_lets_it_run_and_the_record_says_so()
    {
        await using var worker = await With($"{{{Asks}}}");
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "the yes is asked for");
        await worker.Stop();
        Write(worker, "{}");
        worker.Go();
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
        await terminal.Type("history", "--home", worker.Home);
        Assert.Contains("allowed-by-policy", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("approved", terminal.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quiet", false)]
    [InlineData("quiet", true)]
    [InlineData("full", false)]
    [InlineData("paused", false)]
    [InlineData("paused", true)]
    public async Task A_yes_is_followed_when_the_hold_ends_also_over_a_restart(string hold, bool restart)
    {
        await using var worker = await With($"{{{Asks},\"limits\":{{\"concurrency\":1}}}}");
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "the yes is asked for");
        await Begin(worker, hold);

        Assert.Equal(VerbExit.Done, await terminal.Type("approve", id, "--yes", "--home", worker.Home));
        Assert.Contains($"{id} may run; it starts when", terminal.Out, StringComparison.Ordinal);
        await worker.Gateway.Until(g => g.Asked.Any(ask => ask.Decision == "approve"), "the server knows");
        await terminal.Type("status", "--home", worker.Home);
        Assert.Contains("1 attempt has your yes", terminal.Out, StringComparison.Ordinal);
        if (restart)
        {
            await worker.Stop();
            worker.Go();
            await worker.Gateway.Until(g => g.Asked.Count(ask => ask.Decision == "approve") > 1, "the yes is told again");
        }
        Assert.False(worker.Gateway.Attempt(id).Started);

        await End(worker, hold);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
        Assert.True(File.Exists(worker.PathOf("ran")));
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
    }

    /// <summary>No message says that they end: only the clock.</summary>
    [Fact]
    public async Task A_pause_that_runs_out_by_itself_starts_what_has_its_yes()
    {
        await using var worker = await With($"{{{Asks}}}");
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "the yes is asked for");
        await terminal.Type("pause", "--for", "10s", "--home", worker.Home);
        Assert.Equal(VerbExit.Done, await terminal.Type("approve", id, "--yes", "--home", worker.Home));
        Assert.Contains("when the pause ends", terminal.Out, StringComparison.Ordinal);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
    }

    [Fact]
    public async Task What_was_cancelled_at_the_server_while_its_yes_waits_is_let_go()
    {
        await using var worker = await With($"{{{Asks}}}");
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "the yes is asked for");
        await terminal.Type("pause", "--home", worker.Home);
        await terminal.Type("approve", id, "--yes", "--home", worker.Home);
        await worker.Gateway.Until(g => g.Asked.Any(ask => ask.Decision == "approve"), "the server knows");
        worker.Gateway.Deny(id, "cancelled", "cancelled");
        await terminal.Type("resume", "--home", worker.Home);
        worker.Gateway.Cancel(id);
        await Until.True(() => Directory.GetFiles(Path.Combine(worker.Home, "approvals")).Length == 0, "it is let go");
        Assert.False(File.Exists(worker.PathOf("ran")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_no_that_the_server_has_not_heard_is_told_by_the_next_daemon_also_after_a_yes(bool afterYes)
    {
        await using var worker = await With($"{{{Asks}}}");
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "the yes is asked for");
        worker.Gateway.InBetween = _ => new FalseAnswer(502, "text/html", "away");
        if (afterYes) Assert.Equal(VerbExit.Done, await terminal.Type("approve", id, "--yes", "--home", worker.Home));
        Assert.Equal(VerbExit.Done, await terminal.Type("approve", id, "--no", "--home", worker.Home));
        await worker.Stop();
        worker.Gateway.InBetween = _ => null;
        worker.Go();
        await worker.Gateway.Until(g => g.Asked.Any(ask => ask.Decision == "reject"), "the no is told");
        await Until.True(() => Directory.GetFiles(Path.Combine(worker.Home, "approvals")).Length == 0, "it is let go");
        Assert.DoesNotContain(worker.Gateway.Asked, ask => ask.Decision == "approve");
        await terminal.Type("history", "--home", worker.Home);
        Assert.Contains("by owner", terminal.Out, StringComparison.Ordinal);
        Assert.False(worker.Gateway.Attempt(id).Started);
    }

    private static async Task<WorkerHarness> With(string policy)
    {
        var worker = await WorkerHarness.Prepare();
        Write(worker, policy);
        worker.Go();
        return worker;
    }

    private async Task Begin(WorkerHarness worker, string hold)
    {
        switch (hold)
        {
            case "quiet":
                Write(worker, $"{{{Asks},{Quiet}}}");
                // The file is looked at with the status at the latest.
                await terminal.Type("status", "--home", worker.Home);
                Assert.Contains("quiet hours", terminal.Out, StringComparison.Ordinal);
                break;
            case "full":
                await worker.Gateway.Running(worker.Gateway.Command($"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done"));
                break;
            default:
                await terminal.Type("pause", "--home", worker.Home);
                break;
        }
    }

    private async Task End(WorkerHarness worker, string hold)
    {
        if (hold == "paused")
            await terminal.Type("resume", "--home", worker.Home);
        else
            Write(worker, $"{{{Asks},\"limits\":{{\"concurrency\":2}}}}");
    }

    private static void Write(WorkerHarness worker, string policy)
    {
        Directory.CreateDirectory(worker.Home);
        File.WriteAllText(worker.PathOf("policy.new"), policy);
        File.Move(worker.PathOf("policy.new"), Path.Combine(worker.Home, "policy.json"), overwrite: true);
    }
}
