
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
        var attempt = await worker.Gateway.Ended(id, 60);
        Assert.Equal((2, 900_000), (attempt.Results[0].ExitCode, attempt.Stdout.Length));
        Assert.Equal(2, worker.Gateway.Sessions);
    }
}
