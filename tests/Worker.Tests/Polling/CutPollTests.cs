using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.FakeGateway;

namespace OpenClaw.Worker.Tests.Polling;

/// <summary>Something on the way closes what is silent for half a minute: polls become shorter than that, and nothing waits.</summary>
public sealed class CutPollTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(504), InlineData(502), InlineData(0), InlineData(200)]
    public async Task A_poll_that_is_cut_twice_at_the_same_age_is_shorter_from_then_on_with_one_line_and_no_pause(int status)
    {
        var clock = new FakeTimeProvider();
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 36_000_000);
        worker.Clock = clock;
        var cuts = new TaskCompletionSource[] { new(), new() };
        worker.Gateway.InBetween = call => call is { Name: "poll", Number: <= 2 }
            ? new FalseAnswer(status, "text/html", "<html>Gateway Time-out</html>") { After = cuts[call.Number - 1].Task } : null;
        worker.Go();
        await worker.WaitForHeartbeat();
        for (var i = 0; i < 2; i++)
        {
            var number = i + 1;
            await worker.Gateway.Until(g => g.Count("poll") == number, "it polls");
            clock.Advance(TimeSpan.FromSeconds(29));
            cuts[i].SetResult();
            // Less than any pause after a failure, all of it together.
            for (var spent = TimeSpan.Zero; worker.Gateway.Count("poll") == number; spent += Moment)
            {
                Assert.True(spent < TimeSpan.FromSeconds(0.5), "it polls again at once");
                await Settle(worker, number);
                clock.Advance(Moment);
            }
        }
        var waits = worker.Gateway.Calls.Where(call => call.Name == "poll").Select(call => Wait(call.Body)).ToArray();
        Assert.Equal([50_000, 50_000], waits[..2]);
        Assert.InRange(waits[2], 10_000, 28_000);
        Assert.Single(worker.Log.Split('\n'), line => line.Contains("cuts what is silent", StringComparison.Ordinal));
        Assert.DoesNotContain("poll failed", worker.Log, StringComparison.Ordinal);
        var id = worker.Gateway.Submit("file-stat", """{"path":"/"}""");
        await worker.Gateway.Ended(id);
        await worker.Stop();
    }

    /// <summary>Gives the daemon time to see the cut and to begin its pause on the clock that stands.</summary>
    private static async Task Settle(WorkerHarness worker, int number)
    {
        using var moment = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        while (worker.Gateway.Count("poll") == number && !moment.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
    }

    private static long Wait(string body)
    {
        using var json = JsonDocument.Parse(body);
        return long.Parse(json.RootElement.GetProperty("wait").GetRawText(), CultureInfo.InvariantCulture);
    }
}
