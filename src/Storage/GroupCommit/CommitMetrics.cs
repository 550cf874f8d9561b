using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OpenClaw.Storage.GroupCommit;

/// <summary>
/// How much one commit carries, how long it takes, and whose it was. A commit belongs to many traces: its span hangs under the first and
/// links the others.
/// </summary>
internal static class CommitMetrics
{
    private const string Name = "OpenClaw";
    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Source = new(Name);

    private static readonly Histogram<int> Size = Meter.CreateHistogram(
        "openclaw.storage.batch.size", "{write}", "Writes in one commit",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 400] });

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "openclaw.storage.commit.duration", "s", "From the start of a batch's transaction until it is durable or has failed",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    /// <summary>The operation that is at work here and will want to see its commit; null: nobody traces it.</summary>
    public static Activity? Cause => Source.HasListeners() && Activity.Current is { Recorded: true } current ? current : null;

    /// <summary>A batch is about to be committed. Dispose what is returned when it is over.</summary>
    public static Commit StartCommit(IReadOnlyList<WriteOperation> batch) => new(
        batch.Count, Size.Enabled || Duration.Enabled ? Stopwatch.GetTimestamp() : 0, Source.HasListeners() ? StartSpan(batch) : null);

    private static Activity? StartSpan(IReadOnlyList<WriteOperation> batch)
    {
        Activity? parent = null;
        List<ActivityLink>? links = null;
        foreach (var operation in batch)
        {
            if (operation.Cause is not { } cause) continue;
            if (parent is null) parent = cause;
            else (links ??= []).Add(new ActivityLink(cause.Context));
        }
        return parent is null
            ? null
            : Source.StartActivity("commit", ActivityKind.Internal, parent.Context, links: links)
                ?.SetTag("openclaw.batch.size", batch.Count);
    }

    /// <summary>A commit under way.</summary>
    public readonly struct Commit(int size, long began, Activity? span) : IDisposable
    {
        public void Dispose()
        {
            span?.Dispose();
            if (began == 0) return;
            Size.Record(size);
            Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }
}
