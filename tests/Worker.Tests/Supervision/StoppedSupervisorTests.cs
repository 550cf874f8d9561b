using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Unix.Trees;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>
/// A task stops the supervisor it runs under (SIGSTOP, which nobody can refuse): the daemon keeps its clocks nevertheless.
/// </summary>
public sealed class StoppedSupervisorTests
{
    /// <summary>Stops the supervisor, and says so once that is so.</summary>
    private const string StopSupervisor = "kill -STOP $PPID; until grep -q '^State:.T' /proc/$PPID/status; do :; done";

    [Fact]
    public async Task Its_timeout_ends_it_and_the_slot_is_free_again()
    {
        await using var worker = await Start();
        var id =
            worker.Gateway.Command($"{StopSupervisor}; echo $$ > {worker.PathOf("stopped")}; sleep 600", timeout: 6000, killGrace: 1000);
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("timed_out", "timeout"), (result.Outcome, result.Reason));
        Assert.Equal(0, result.Metadata!.Value.GetProperty("survivors").GetInt32());
        await Gone(worker);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
    }

    [Fact]
    public async Task A_cancel_ends_it()
    {
        await using var worker = await Start();
        var id =
            worker.Gateway.Command($"{StopSupervisor}; echo $$ > {worker.PathOf("stopped")}; sleep 600", timeout: 600_000, killGrace: 1000);
        await Until.True(() => File.Exists(worker.PathOf("stopped")), "its supervisor is stopped");
        worker.Gateway.Cancel(id);
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("cancelled", "cancel"), (result.Outcome, result.Reason));
        await Gone(worker);
    }

    [Fact]
    public async Task A_stop_of_the_daemon_ends_it()
    {
        await using var worker = await Start(options => options with { DrainTimeout = TimeSpan.Zero });
        var id =
            worker.Gateway.Command($"{StopSupervisor}; echo $$ > {worker.PathOf("stopped")}; sleep 600", timeout: 600_000, killGrace: 1000);
        await Until.True(() => File.Exists(worker.PathOf("stopped")), "its supervisor is stopped");
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
        Assert.Equal("worker-stopped", Assert.Single(worker.Gateway.Attempt(id).Results).Reason);
        await Gone(worker);
    }

    [Fact]
    public async Task What_it_prints_is_not_lost_and_its_own_end_is_told()
    {
        await using var worker = await Start();
        var id = worker.Gateway.Command($"{StopSupervisor}; echo printed; exit 7");
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(("printed\n", 7), (attempt.Text, Assert.Single(attempt.Results).ExitCode));
    }

    [Fact]
    public async Task One_that_stops_it_again_and_again_is_ended_by_the_daemon_itself()
    {
        await using var worker = await Start();
        var id = worker.Gateway.Command(
            $"trap '' TERM; echo $$ > {worker.PathOf("stopped")}; while :; do kill -STOP $PPID; done", timeout: 5000, killGrace: 100);
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("timed_out", "timeout"), (result.Outcome, result.Reason));
        await Gone(worker);
    }

    [Fact]
    public async Task The_next_daemon_takes_it_up_nevertheless()
    {
        await using var worker = await WorkerProcess.Start();
        var id = await worker.Running(
            $"{StopSupervisor}; echo $$ > {worker.PathOf("stopped")}; while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; exit 7");
        await Until.True(() => File.Exists(worker.PathOf("stopped")), "its supervisor is stopped");
        await worker.Kill();
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "the next daemon is there");
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal(7, Assert.Single((await worker.Gateway.Ended(id)).Results).ExitCode);
    }

    private static async Task<WorkerHarness> Start(Func<WorkerOptions, WorkerOptions>? change = null)
    {
        var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 100);
        worker.Options = worker.Options with { Supervisor = [Repository.Program("Worker", "openclaw-worker")], MaxConcurrent = 1 };
        worker.Options = change?.Invoke(worker.Options) ?? worker.Options;
        worker.Go();
        return worker;
    }

    private static async Task Gone(WorkerHarness worker)
    {
        var program = int.Parse(await File.ReadAllTextAsync(worker.PathOf("stopped")), System.Globalization.CultureInfo.InvariantCulture);
        Assert.False(ProcessTable.Read(program) is { Zombie: false }, "its program lives on");
    }
}
