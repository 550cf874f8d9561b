
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Control;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>Servers from before answers that name their session: they work, and one that is put back to that version does again.</summary>
public sealed class OlderServerTests
{
    [Fact]
    public async Task With_a_server_of_before_a_task_runs_and_its_output_arrives()
    {
        await using var worker = await WorkerHarness.Start(gateway => gateway.IsOfBefore = true);
        var attempt = await worker.Gateway.Ended(worker.Gateway.Command("head -c 900000 /dev/zero; exit 2"));
        Assert.Equal((2, 900_000), (attempt.Results[0].ExitCode, attempt.Stdout.Length));
    }

    [Fact]
    public async Task A_server_that_is_put_back_to_a_version_of_before_is_asked_for_its_protocol_and_work_goes_on()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 5_000);
        worker.Clock = new HurriedClock(20);
        worker.Go();
        await worker.Gateway.Ended(worker.Gateway.Command("true", timeout: 600_000));
        worker.Gateway.IsOfBefore = true;
        var id = worker.Gateway.Command("head -c 900000 /dev/zero; sleep 1; exit 2", timeout: 600_000);
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal((2, 900_000), (attempt.Results[0].ExitCode, attempt.Stdout.Length));
        Assert.Equal(2, worker.Gateway.Sessions);
    }

    /// <summary>
    /// All that such a server refuses is on its way: the end of the audit log, a result, a poll that may take a large payload.
    /// </summary>
    [Fact]
    public async Task One_that_is_put_back_while_results_are_on_their_way_takes_them_and_hands_out_work()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 5_000);
        worker.Clock = new HurriedClock(20);
        // No heartbeat of a newer server's is answered any more once the program has run.
        worker.Gateway.InBetween = call =>
            worker.Gateway.IsOfBefore || call.Name is not ("result" or "heartbeat") ? null : new FalseAnswer(502);
        worker.Go();
        var id = worker.Gateway.Command("echo hi", timeout: 600_000);
        await worker.Gateway.Until(gateway => gateway.Count("result") > 0 && gateway.Count("heartbeat") > 0, "a result is on its way");
        worker.Gateway.IsOfBefore = true;
        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true", timeout: 600_000))).Results[0].Outcome);
        var (_, status) = await ControlClient.SendCommand(worker.Home, StatusCommand.Name, null, ControlJson.Default.WorkerStatus);
        Assert.StartsWith("the server that opened the session is of an older build than this daemon: ", status!.Lacks,
            StringComparison.Ordinal);
        Assert.Contains(status.Lacks!, worker.Log, StringComparison.Ordinal);
    }
}
