using OpenClaw.Load.Measure;
using OpenClaw.Load.Wire;

namespace OpenClaw.Load.Modes;

/// <summary>K polls are held and nothing comes: what one costs.</summary>
internal static class Idle
{
    private const int Wave = 100;

    /// <summary>Held and let go before the measurement, so that the code they compile is not counted as the cost of a poll.</summary>
    private const int Rehearsal = 500;

    public static async Task<Report> Run(LoadOptions options)
    {
        var server = new ServerProcesses(options.Pids);
        await using (await Held(options, Rehearsal)) await Task.Delay(options.WarmUp, TimeProvider.System);
        server.Begin();
        var empty = server.RssKib();
        await using var polls = await Held(options, options.Polls);
        await Task.Delay(options.WarmUp, TimeProvider.System);
        var cpu = server.CpuSeconds();
        await Task.Delay(options.Window, TimeProvider.System);
        var report = new Report($"idle: {options.Polls} polls held");
        report.Add("polls still held", polls.Count, "");
        server.AddMemory(report);
        report.Add("RSS a poll", (server.RssKib() - empty) / (double)options.Polls, "KiB");
        report.Add("cores used", (server.CpuSeconds() - cpu) / options.Window.TotalSeconds, "");
        report.Add("window", options.Window.TotalSeconds, "s");
        return report;
    }

    private static async Task<HeldPolls> Held(LoadOptions options, int count)
    {
        var poll = new Requests(options.Server, options.WorkerToken).Get("/worker/poll?wait=60000");
        var held = new HeldPolls();
        for (var left = count; left > 0; left -= Wave) await held.Add(options.Server, poll, Math.Min(Wave, left));
        return held;
    }

    /// <summary>Connections with a poll under way.</summary>
    private sealed class HeldPolls : IAsyncDisposable
    {
        private readonly List<HttpConnection> connections = [];
        private readonly List<Task> polls = [];

        public int Count => polls.Count(poll => !poll.IsCompleted);

        public async Task Add(Uri server, byte[] poll, int count)
        {
            var wave = Enumerable.Range(0, count).Select(_ => new HttpConnection(server)).ToArray();
            connections.AddRange(wave);
            await Task.WhenAll(wave.Select(c => c.Connect(CancellationToken.None).AsTask()));
            polls.AddRange(wave.Select(c => c.Send(poll, CancellationToken.None).AsTask()));
        }

        public async ValueTask DisposeAsync()
        {
            connections.ForEach(c => c.Dispose());
            await Task.WhenAll(polls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
