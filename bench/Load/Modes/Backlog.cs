using System.Diagnostics;
using OpenClaw.Load.Measure;
using OpenClaw.Load.Wire;

namespace OpenClaw.Load.Modes;

/// <summary>What a long backlog, for a label nobody has, does to everybody else.</summary>
internal static class Backlog
{
    private const string ForNobody = """{"command":"true","labels":["nobody-has-this"],"startWithin":2592000000}""";
    private const int Rounds = 500;

    public static async Task<Report> Run(LoadOptions options)
    {
        await Measure(options, Rounds / 2);
        var before = await Measure(options, Rounds);
        var server = new ServerProcesses(options.Pids);
        server.Begin();
        var begin = Stopwatch.GetTimestamp();
        await Fill(options, ForNobody);
        var filled = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var after = await Measure(options, Rounds);

        var report = new Report($"backlog: {options.Backlog} queued tasks");
        report.Add("fill", options.Backlog / filled, "tasks/s");
        foreach (var (name, empty) in before)
        {
            var full = after[name];
            report.Add($"{name} p50, empty", empty.P50, "ms");
            report.Add($"{name} p50, full", full.P50, "ms");
            report.Add($"{name} p50, ratio", full.P50 / empty.P50, "x");
            report.Add($"{name} p99, empty", empty.P99, "ms");
            report.Add($"{name} p99, full", full.P99, "ms");
        }
        server.AddMemory(report);
        return report;
    }

    private static async Task<Dictionary<string, Quantiles>> Measure(LoadOptions options, int rounds)
    {
        using var client = new Submitter(options);
        await client.Connect(CancellationToken.None);
        using var poller = new HttpConnection(options.Server);
        await poller.Connect(CancellationToken.None);
        var poll = new Requests(options.Server, options.WorkerToken).Get("/worker/poll?wait=0");
        var (submits, gets, polls) = (new Samples(), new Samples(), new Samples());
        for (var i = 0; i < rounds; i++)
        {
            var id = "";
            await Time(submits, async () => id = await client.Submit(ForNobody, CancellationToken.None));
            await Time(gets, () => client.Get(id, CancellationToken.None));
            await Time(polls, async () => (await poller.Send(poll, CancellationToken.None)).Ok("null"u8));
        }
        await using var workers = new WorkerLoops([new CompatibleWorker(options)]);
        var brief = options with { WarmUp = TimeSpan.FromSeconds(0.2), Window = TimeSpan.FromSeconds(2) };
        var (pickUps, _) = await PickUp.Measure(brief, workers);
        return new() { ["submit"] = submits.Quantiles(), ["get"] = gets.Quantiles(), ["poll"] = polls.Quantiles(), ["pick-up"] = pickUps };
    }

    private static async ValueTask Time(Samples into, Func<ValueTask> step)
    {
        var begin = Stopwatch.GetTimestamp();
        await step();
        into.Add(Stopwatch.GetTimestamp() - begin);
    }

    public static async Task Fill(LoadOptions options, string task)
    {
        var left = options.Backlog;
        await Task.WhenAll(Enumerable.Range(0, options.Clients).Select(async _ =>
        {
            using var client = new Submitter(options);
            await client.Connect(CancellationToken.None);
            while (Interlocked.Decrement(ref left) >= 0) await client.Submit(task, CancellationToken.None);
        }));
    }
}
