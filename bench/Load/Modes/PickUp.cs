using System.Diagnostics;
using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>One worker idles in its poll; tasks come one after the other.</summary>
internal static class PickUp
{
    public static async Task<Report> Run(LoadOptions options)
    {
        await using var crew = new Crew([new CompatibleWorker(options)]);
        var (pickUps, roundTrips) = await Measure(options, crew);
        var report = new Report("pickup: one idle worker, sequential submits");
        report.Add("pick-up", pickUps);
        report.Add("round trip", roundTrips);
        return report;
    }

    public static async Task<(Quantiles PickUps, Quantiles RoundTrips)> Measure(LoadOptions options, Crew crew)
    {
        using var client = new Submitter(options);
        await client.Connect(CancellationToken.None);
        await For(options.WarmUp, () => client.RoundTrip(null, CancellationToken.None), crew);
        var pickUps = new Samples();
        var roundTrips = new Samples();
        crew.Record(pickUps);
        await For(options.Window, () => client.RoundTrip(roundTrips, CancellationToken.None), crew);
        crew.Record(null);
        return (pickUps.Quantiles(), roundTrips.Quantiles());
    }

    private static async Task For(TimeSpan time, Func<ValueTask> step, Crew crew)
    {
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < time)
        {
            await step();
            crew.ThrowIfBroken();
        }
    }
}
