using System.Diagnostics;
using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>
/// What the queued tasks of one token do to another's on the same workers: by turns with workers that the flood is not for, and that
/// are else alike.
/// </summary>
internal static class Flood
{
    private const string Label = "flooded";
    private const string OfFlood = """{"command":"true","labels":["flooded"],"startWithin":2592000000}""";
    private const int Rounds = 3;
    private const int Submitters = 8;

    public static async Task<Report> Run(LoadOptions options)
    {
        var (empty, without, with) = (new Samples(), new Samples(), new Samples());
        await Measure(options, Label, new Samples());
        await Measure(options, Label, empty);
        await Backlog.Fill(options, OfFlood);
        var taken = 0;
        for (var round = 0; round < Rounds; round++)
        {
            await Measure(options, null, without);
            taken += await Measure(options, Label, with);
        }

        var report = new Report($"flood: {options.Backlog} queued tasks of one token; {options.Workers} workers, "
            + $"{options.TaskTime.TotalMilliseconds} ms a task; another token's {options.Rate} tasks/s");
        report.Add("pick-up, nothing queued", empty.Quantiles());
        report.Add("pick-up, flood on other workers", without.Quantiles());
        report.Add("pick-up, flood on the same workers", with.Quantiles());
        report.Add("p95, ratio", with.Quantiles().P95 / without.Quantiles().P95, "x");
        report.Add("tasks of the flood that ran meanwhile", taken, "");
        return report;
    }

    /// <summary>One window with new workers; how many tasks of the flood they took.</summary>
    private static async Task<int> Measure(LoadOptions options, string? label, Samples into)
    {
        var loops = Enumerable.Range(0, options.Workers).Select(number => new SessionWorker(options, number, label)).ToList();
        await using var workers = new WorkerLoops(loops);
        await Submit(options, options.WarmUp, workers);
        workers.Record(into);
        await Submit(options, options.Window, workers);
        workers.Record(null);
        return loops.Sum(loop => loop.Unstamped);
    }

    /// <summary>At a steady rate, whatever becomes of what was submitted before.</summary>
    private static async Task Submit(LoadOptions options, TimeSpan time, WorkerLoops workers)
    {
        var other = options with { ClientToken = options.OtherToken };
        var clients = Enumerable.Range(0, Submitters).Select(_ => new Submitter(other)).ToList();
        foreach (var client in clients) await client.Connect(CancellationToken.None);
        var under = new Task[Submitters];
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; Stopwatch.GetElapsedTime(begin) < time; i++)
        {
            if (i >= Submitters) await under[i % Submitters];
            under[i % Submitters] = clients[i % Submitters].Submit(
                $$"""{"command":": stamp-{{Stopwatch.GetTimestamp()}}"}""", CancellationToken.None).AsTask();
            workers.ThrowIfBroken();
            if (TimeSpan.FromSeconds((i + 1.0) / options.Rate) - Stopwatch.GetElapsedTime(begin) is { Ticks: > 0 } early)
                await Task.Delay(early, TimeProvider.System);
        }
        await Task.WhenAll(under.OfType<Task>());
        foreach (var client in clients) client.Dispose();
    }
}
