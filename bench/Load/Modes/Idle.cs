using OpenClaw.Load.Measure;
using OpenClaw.Load.Wire;

namespace OpenClaw.Load.Modes;

/// <summary>K polls are held and nothing comes: what one costs.</summary>
internal static class Idle
{
    private const int Wave = 100;

    public static async Task<Report> Run(LoadOptions options)
    {
        var server = new ServerProcess(options.Pid);
        var poll = new Requests(options.Server, options.WorkerToken).Get("/worker/poll?wait=60000");
        var empty = server.RssKib();
        var connections = new List<HttpConnection>();
        var polls = new List<Task>();
        try
        {
            while (connections.Count < options.Polls)
            {
                var size = Math.Min(Wave, options.Polls - connections.Count);
                var wave = Enumerable.Range(0, size).Select(_ => new HttpConnection(options.Server)).ToArray();
                connections.AddRange(wave);
                await Task.WhenAll(wave.Select(c => c.Connect(CancellationToken.None).AsTask()));
                polls.AddRange(wave.Select(c => c.Send(poll, CancellationToken.None).AsTask()));
            }
            await Task.Delay(options.WarmUp, TimeProvider.System);
            var cpu = server.CpuSeconds();
            await Task.Delay(options.Window, TimeProvider.System);
            var report = new Report($"idle: {options.Polls} polls held");
            report.Add("polls still held", polls.Count(p => !p.IsCompleted), "");
            report.Add("RSS without polls", empty / 1024.0, "MiB");
            report.Add("RSS with polls", server.RssKib() / 1024.0, "MiB");
            report.Add("RSS a poll", (server.RssKib() - empty) / (double)options.Polls, "KiB");
            report.Add("cores used", (server.CpuSeconds() - cpu) / options.Window.TotalSeconds, "");
            report.Add("window", options.Window.TotalSeconds, "s");
            return report;
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
            await Task.WhenAll(polls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
