using System.Text.Json;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>A daemon behind a line as a phone in a train has it. Its clock is ten times as fast: 50 kB a second are 5 to it.</summary>
public sealed class SlowLineTests
{
    private const int Times = 10;

    [Fact]
    public async Task A_result_that_is_not_through_in_one_call_s_time_goes_in_parts_and_is_named_in_heartbeats_meanwhile()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 5_000);
        await using var line = new SlowLine(worker.Gateway.Url) { BytesPerSecond = 50_000, Delay = TimeSpan.FromMilliseconds(30) };
        var id = worker.Gateway.Command("head -c 200000 /dev/zero | tr '\\0' x", timeout: 600_000);
        Go(worker, line);

        var attempt = await worker.Gateway.Ended(id, 90);

        Assert.Equal(("succeeded", 200_000L, 200_000), (attempt.Results[0].Outcome, attempt.Results[0].StdoutBytes, attempt.Stdout.Length));
        Assert.Contains(worker.Gateway.Calls, call => call.Name == "heartbeat" && Reporting(call.Body).Contains(id));
    }

    /// <summary>A poll is silent for long: only the heartbeat tells that its connection leads nowhere.</summary>
    [Fact]
    public async Task A_poll_on_a_dead_connection_is_given_up_when_heartbeats_get_no_answer()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.PollWait = 36_000_000);
        await using var line = new SlowLine(worker.Gateway.Url);
        worker.Options = worker.Options with { PollWait = TimeSpan.FromHours(10) };
        Go(worker, line);
        await worker.Gateway.Until(gateway => gateway.Count("poll") > 0 && gateway.Count("heartbeat") > 0, "it is connected");
        line.Silence();

        var id = worker.Gateway.Command("true");

        Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
    }

    private static void Go(WorkerHarness worker, SlowLine line)
    {
        worker.Clock = new HurriedClock(Times);
        worker.Options = worker.Options with { Url = line.Url };
        worker.Go();
    }

    private static string[] Reporting(string heartbeat)
    {
        using var body = JsonDocument.Parse(heartbeat);
        return body.RootElement.TryGetProperty("reporting", out var ids) ? [.. ids.EnumerateArray().Select(one => one.GetString()!)] : [];
    }
}
