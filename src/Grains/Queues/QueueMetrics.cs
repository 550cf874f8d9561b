using System.Diagnostics.Metrics;
using OpenClaw.Grains.Telemetry;

namespace OpenClaw.Grains.Queues;

/// <summary>How long tasks stood in the queue.</summary>
internal static class QueueMetrics
{
    private static readonly Histogram<double> Wait = Instruments.Meter.CreateHistogram(
        "openclaw.queue.wait.duration", "s", "From submit until the queue gave the task to a poll; again when it is given again",
        advice: Instruments.Durations);

    /// <summary>A task was given to a poll.</summary>
    public static void RecordWait(DateTimeOffset submitted, DateTimeOffset now)
    {
        if (Wait.Enabled) Wait.Record(Math.Max(0, (now - submitted).TotalSeconds));
    }
}
