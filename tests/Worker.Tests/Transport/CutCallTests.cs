using System.Collections.Concurrent;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Worker.Tests.Transport;

/// <summary>
/// Connections break anywhere within request and answer, on every route of a task's life: each task runs once and ends truly.
/// </summary>
public sealed class CutCallTests
{
    /// <summary>Bytes: none, the first, in the head, in the body, or the whole but nothing after it.</summary>
    private static readonly int[] Places = [0, 1, 90, 250, 320, 400];

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Wherever_the_calls_of_a_route_are_cut_each_task_runs_once_and_its_end_and_output_are_its_own(bool isReset)
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 300);
        var cuts = new RouteCuts(isReset);
        await using var line = new CutLine(worker.Gateway.Url, cuts.Next);
        worker.Options = worker.Options with { Url = line.Open(), MaxConcurrent = 4 };
        worker.Clock = new HurriedClock(5);
        var tasks = Enumerable.Range(0, 14).Select(number => Submit(worker, number)).ToArray();
        worker.Go();

        foreach (var id in tasks)
        {
            Check(worker, await worker.Gateway.Ended(id, 120));
            // The next call is refused, and the session opened anew.
            worker.Gateway.Session = null;
        }
        var last = Submit(worker, 99);
        Check(worker, await worker.Gateway.Ended(last));
        Assert.Equal(["heartbeat", "output", "payload", "poll", "result", "sessions", "start"], cuts.CutRoutes);
    }

    private static string Submit(WorkerHarness worker, int number)
    {
        var id = worker.Gateway.Command(
            $"echo $OPENCLAW_TASK_ID >> {worker.PathOf("runs")}; head -c 150000 /dev/zero | tr '\\0' x; sleep 0.4; exit 3",
            timeout: 3_600_000);
        worker.Gateway.Attempt(id).IsLarge = number % 2 == 0;
        return id;
    }

    private static void Check(WorkerHarness worker, FakeAttempt attempt)
    {
        Assert.All(attempt.Results, result => Assert.Equal(("failed", 3, 150_000L), (result.Outcome, result.ExitCode, result.StdoutBytes)));
        Assert.Equal(150_000, attempt.Stdout.Length);
        Assert.Single(File.ReadLines(worker.PathOf("runs")), line => line == attempt.Offer.TaskId);
    }

    /// <summary>
    /// Every other call of a route is cut, each time somewhere else, until all places were; the one after it goes through.
    /// </summary>
    private sealed class RouteCuts(bool isReset)
    {
        private readonly ConcurrentDictionary<string, int> calls = new(StringComparer.Ordinal);

        /// <summary>Routes of which calls were cut in the request and in the answer.</summary>
        public IEnumerable<string> CutRoutes =>
            calls.Where(route => route is { Value: >= 2, Key: not ("facts" or "close") }).Select(route => route.Key)
                .Order(StringComparer.Ordinal);

        public CallCut? Next(string call)
        {
            var route = call[(call.LastIndexOf('/') + 1)..];
            var (number, isLater) = Math.DivRem(calls.AddOrUpdate(route, 0, (_, before) => before + 1), 2);
            var (place, inAnswer) = (number / 2, number % 2 == 1);
            return isLater == 0 && place < Places.Length ? new CallCut(inAnswer, Places[place], isReset) : null;
        }
    }
}
