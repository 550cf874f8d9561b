using System.Diagnostics;
using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>One worker idles in its poll; tasks come one after the other.</summary>
internal static class PickUp
{
    public static async Task<Report> Run(LoadOptions options)
    {
        await using var workers = new WorkerLoops([new CompatibleWorker(options)]);
        var (pickUps, roundTrips) = await Measure(options, workers);
        var report = new Report("pickup: one idle worker, sequential submits");
        report.Add("pick-up", pickUps);
        report.Add("round trip", roundTrips);
        return report;
    }

    public static async Task<(Quantiles PickUps, Quantiles RoundTrips)> Measure(LoadOptions options, WorkerLoops workers)
    {
        using var client = new Submitter(options);
        await client.Connect(CancellationToken.None);
        await For(options.WarmUp, () => client.RoundTrip(null, CancellationToken.None), workers);
        var pickUps = new Samples();
        var roundTrips = new Samples();
        workers.Record(pickUps);
        await For(options.Window, () => client.RoundTrip(roundTrips, CancellationToken.None), workers);
        workers.Record(null);
        return (pickUps.Quantiles(), roundTrips.Quantiles());
    }

    private static async Task For(TimeSpan time, Func<ValueTask> step, WorkerLoops workers)
    {
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < time)
        {
            await step();
            workers.ThrowIfBroken();
        }
    }
}
