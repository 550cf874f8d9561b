using System.Diagnostics;

namespace OpenClaw.Load.Measure;

/// <summary>Durations of one kind, in clock ticks; many writers.</summary>
internal sealed class Samples
{
    private readonly List<long> ticks = new(1 << 16);
    private readonly Lock gate = new();

    public int Count { get { lock (gate) return this.ticks.Count; } }

    public void Add(long ticks) { lock (gate) this.ticks.Add(ticks); }

    public void AddAll(Samples more)
    {
        long[] copy;
        lock (more.gate) copy = [.. more.ticks];
        lock (gate) this.ticks.AddRange(copy);
    }

    public Quantiles Quantiles()
    {
        long[] sorted;
        lock (gate) sorted = [.. this.ticks];
        Array.Sort(sorted);
        return new Quantiles(sorted.Length, At(sorted, 0.50), At(sorted, 0.95), At(sorted, 0.99));
    }

    private static double At(long[] sorted, double share) => sorted.Length == 0
        ? double.NaN
        : Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))] * 1000.0 / Stopwatch.Frequency, 3);
}

/// <summary>Percentiles, in milliseconds.</summary>
internal readonly record struct Quantiles(int Count, double P50, double P95, double P99);
