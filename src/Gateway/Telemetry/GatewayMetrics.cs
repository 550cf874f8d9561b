using System.Diagnostics.Metrics;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Protocol.Output;

namespace OpenClaw.Gateway.Telemetry;

/// <summary>What a gateway counts itself. docs/observability.md lists them all.</summary>
internal static class GatewayMetrics
{
    private static readonly Meter Meter = new(RequestTrace.Name);

    private static readonly Counter<long> Output = Meter.CreateCounter<long>(
        "openclaw.output.size", "By", "Output taken from workers and kept");

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "openclaw.grain.call.retries", "{call}", "Grain calls made again after a failure of the infrastructure");

    /// <summary>Held polls of workers with sessions.</summary>
    public static HeldCount Sessions { get; } = new();

    /// <summary>Held polls of the compatible protocol.</summary>
    public static HeldCount Compatible { get; } = new();

    static GatewayMetrics() => Meter.CreateObservableGauge(
        "openclaw.polls.held", () => new[] { MeasureHeld(Sessions, "sessions"), MeasureHeld(Compatible, "compatible") }, "{poll}",
        "Polls of workers held open here");

    /// <summary>Chunks of an attempt were appended.</summary>
    public static void CountAppended(IReadOnlyList<OutputChunk> chunks)
    {
        if (!Output.Enabled) return;
        long stdout = 0, stderr = 0;
        foreach (var chunk in chunks)
        {
            if (chunk.Stream == OutputStream.Stdout) stdout += chunk.Data.Length;
            else stderr += chunk.Data.Length;
        }
        if (stdout > 0) Output.Add(stdout, CreateLabel("stream", StreamNames.Stdout));
        if (stderr > 0) Output.Add(stderr, CreateLabel("stream", StreamNames.Stderr));
    }

    /// <summary>A grain call is made again. <paramref name="method"/> is one of the few of our interfaces.</summary>
    public static void CountRetry(string method)
    {
        if (Retries.Enabled) Retries.Add(1, CreateLabel("method", method));
    }

    private static Measurement<long> MeasureHeld(HeldCount held, string protocol) => new(held.Now, CreateLabel("protocol", protocol));

    private static KeyValuePair<string, object?> CreateLabel(string name, string value) => new(name, value);
}

/// <summary>How many are held now. Counted always, so that whoever looks for the first time sees the truth.</summary>
internal sealed class HeldCount
{
    private long held;

    public long Now => Interlocked.Read(ref held);

    public void Increment() => Interlocked.Increment(ref held);

    public void Decrement() => Interlocked.Decrement(ref held);
}
