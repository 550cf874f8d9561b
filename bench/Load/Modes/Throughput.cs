using System.Diagnostics;
using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>N clients submit and wait, M workers take and answer; warm-up, then a measured window.</summary>
internal static class Throughput
{
    public static async Task<Report> Run(LoadOptions options, bool sessions)
    {
        await using var workers = new WorkerLoops(Enumerable.Range(0, options.Workers)
            .Select(IWorkerLoop (n) => sessions ? new SessionWorker(options, n) : new CompatibleWorker(options)));
        using var stop = new CancellationTokenSource();
        var roundTrips = new Samples();
        var pickUps = new Samples();
        var measuring = false;
        var clients = Enumerable.Range(0, options.Clients)
            .Select(_ => Client(options, () => Volatile.Read(ref measuring) ? roundTrips : null, stop.Token)).ToArray();

        await Watch(options.WarmUp, workers, clients);
        var server = new ServerProcesses(options.Pids);
        server.Begin();
        var own = Environment.CpuUsage.TotalTime;
        var begin = Stopwatch.GetTimestamp();
        workers.Record(pickUps);
        Volatile.Write(ref measuring, true);
        await Watch(options.Window, workers, clients);
        Volatile.Write(ref measuring, false);
        workers.Record(null);
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;

        var report = new Report($"{(sessions ? "sessions" : "throughput")}: {options.Clients} clients, {options.Workers} workers");
        report.Add("tasks/s", roundTrips.Count / seconds, "");
        report.Add("pick-up", pickUps.Quantiles());
        report.Add("round trip", roundTrips.Quantiles());
        server.AddCpu(report);
        server.AddMemory(report);
        report.Add("own CPU", (Environment.CpuUsage.TotalTime - own).TotalSeconds, "s");
        report.Add("window", seconds, "s");
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        return report;
    }

    private static async Task Client(LoadOptions options, Func<Samples?> into, CancellationToken stop)
    {
        using var client = new Submitter(options);
        await client.Connect(CancellationToken.None);
        while (!stop.IsCancellationRequested) await client.RoundTrip(into(), CancellationToken.None);
    }

    private static async Task Watch(TimeSpan time, WorkerLoops workers, Task[] clients)
    {
        var over = Task.Delay(time, TimeProvider.System);
        await Task.WhenAny([over, .. clients]);
        workers.ThrowIfBroken();
        foreach (var client in clients)
            if (client.IsCompleted) await client;
    }
}
