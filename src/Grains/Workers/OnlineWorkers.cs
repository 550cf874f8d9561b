using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OpenClaw.Grains.Telemetry;

namespace OpenClaw.Grains.Workers;

/// <summary>
/// Workers whose grain is in this silo and that were heard of lately. Each worker has one grain, so the cluster's number is the sum over
/// its silos; one whose grain moved is counted twice until its silence here is long enough.
/// </summary>
internal sealed class OnlineWorkers : IDisposable
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);
    private readonly ObservableGauge<long> gauge;
    private readonly TimeProvider clock;

    public OnlineWorkers(TimeProvider clock)
    {
        this.clock = clock;
        gauge = Meter.CreateObservableGauge(
            "openclaw.workers.online", CountOnline, "{worker}", "Workers heard of within a lease, by this silo");
    }

    /// <summary>This silo's own: it goes with the silo.</summary>
    internal Meter Meter { get; } = new(Instruments.Name);

    /// <summary>A sign of life. Kept only when somebody reads the number, because it is the reading that forgets the silent.</summary>
    public void MarkOnline(string worker, DateTimeOffset at)
    {
        if (gauge.Enabled) seen[worker] = at;
    }

    /// <summary>The worker has closed its session.</summary>
    public void MarkOffline(string worker) => seen.TryRemove(worker, out _);

    public void Dispose() => Meter.Dispose();

    private long CountOnline()
    {
        var now = clock.GetUtcNow();
        foreach (var (worker, at) in seen)
        {
            if (now - at >= SessionRules.Silence) seen.TryRemove(KeyValuePair.Create(worker, at));
        }
        return seen.Count;
    }
}
