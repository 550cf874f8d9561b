using System.Diagnostics;
using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>
/// What the queued tasks of one token do to another's: the same workers by turns with nothing else to do, as busy with tasks that come
/// one by one from as many clients, beside as many workers that run the flood, and with the flood behind each of them.
/// </summary>
internal static class Flood
{
    private const string Label = "flooded";
    private const string OtherLabel = "other";
    private const string OfFlood = """{"command":"true","labels":["flooded"],"startWithin":2592000000}""";
    private const int Rounds = 3;
    private const int Submitters = 8;

    public static async Task<Report> Run(LoadOptions options)
    {
        Condition[] all =
        [
            new("idle"),
            new("as many clients") { Clients = options.Workers },
            new("flood beside") { Beside = options.Workers },
            new("flood") { TakesFlood = true },
        ];
        var (warm, empty) = (new Condition("warm") { TakesFlood = true }, new Condition("nothing queued") { TakesFlood = true });
        await Measure(options, warm);
        await Measure(options, empty);
        await Backlog.Fill(options, OfFlood);
        for (var round = 0; round < Rounds; round++)
            foreach (var one in all) await Measure(options, one);

        var report = new Report($"flood: {options.Backlog} queued tasks of one token; {options.Workers} workers, "
            + $"{options.TaskTime.TotalMilliseconds} ms a task on average; another token's {options.Rate} tasks/s");
        foreach (var one in all.Prepend(empty))
        {
            report.Add($"pick-up, {one.Name}", one.PickUps.Quantiles());
            report.Add($"p95 of each round, lowest, {one.Name}", one.Rounds.Min(), "ms");
            report.Add($"p95 of each round, highest, {one.Name}", one.Rounds.Max(), "ms");
            report.Add($"other tasks run, {one.Name}", one.Others / one.Seconds, "a second");
        }
        var p95 = all[^1].PickUps.Quantiles().P95;
        foreach (var one in all[..^1]) report.Add($"p95, {all[^1].Name} to {one.Name}", p95 / one.PickUps.Quantiles().P95, "x");
        return report;
    }

    /// <summary>One window with new workers.</summary>
    private static async Task Measure(LoadOptions options, Condition condition)
    {
        var loops = Enumerable.Range(0, options.Workers).Select(number => new SessionWorker(options, number, condition.Labels))
            .Concat(Enumerable.Range(options.Workers, condition.Beside).Select(number => new SessionWorker(options, number, Label)))
            .ToList();
        await using var workers = new WorkerLoops(loops);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, condition.Clients).Select(_ => KeepBusy(options, stop.Token)).ToArray();
        await Submit(options, options.WarmUp, workers);
        var before = loops.Sum(loop => loop.Unstamped);
        var begin = Stopwatch.GetTimestamp();
        var pickUps = new Samples();
        workers.Record(pickUps);
        await Submit(options, options.Window, workers);
        workers.Record(null);
        condition.PickUps.AddAll(pickUps);
        condition.Rounds.Add(pickUps.Quantiles().P95);
        condition.Seconds += Stopwatch.GetElapsedTime(begin).TotalSeconds;
        condition.Others += loops.Sum(loop => loop.Unstamped) - before;
        await stop.CancelAsync();
        await Task.WhenAll(clients);
    }

    /// <summary>One task after the other, of the flood's token: the next is submitted when the one before has ended.</summary>
    private static async Task KeepBusy(LoadOptions options, CancellationToken stop)
    {
        using var client = new Submitter(options);
        await client.Connect(CancellationToken.None);
        while (!stop.IsCancellationRequested) await client.RunTask("""{"command":"true","timeout":30000}""", CancellationToken.None);
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
                $$"""{"command":": stamp-{{Stopwatch.GetTimestamp()}}","labels":["{{OtherLabel}}"]}""", CancellationToken.None).AsTask();
            workers.ThrowIfBroken();
            if (TimeSpan.FromSeconds((i + 1.0) / options.Rate) - Stopwatch.GetElapsedTime(begin) is { Ticks: > 0 } early)
                await Task.Delay(early, TimeProvider.System);
        }
        await Task.WhenAll(under.OfType<Task>());
        foreach (var client in clients) client.Dispose();
    }

    /// <summary>What else the workers have to do while the other token's tasks are measured, and what was seen.</summary>
    private sealed record Condition(string Name)
    {
        /// <summary>With it the workers take the flood as well.</summary>
        public bool TakesFlood { get; init; }
        /// <summary>Workers beside them that take the flood alone.</summary>
        public int Beside { get; init; }
        /// <summary>Clients that submit to the same workers, one task at a time each.</summary>
        public int Clients { get; init; }
        public string[] Labels => TakesFlood ? [OtherLabel, Label] : [OtherLabel];
        public Samples PickUps { get; } = new();
        public List<double> Rounds { get; } = [];
        public int Others { get; set; }
        public double Seconds { get; set; }
    }
}
