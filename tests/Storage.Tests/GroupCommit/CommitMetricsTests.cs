using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Tests.GroupCommit;

/// <summary>What a commit tells of itself.</summary>
public sealed class CommitMetricsTests : IDisposable
{
    private readonly ActivitySource callers = new(nameof(CommitMetricsTests));
    private readonly ActivityListener listener = new()
    {
        ShouldListenTo = source => source.Name is "OpenClaw" or nameof(CommitMetricsTests),
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public CommitMetricsTests() => ActivitySource.AddActivityListener(listener);

    [Fact]
    public void A_commit_hangs_below_the_first_who_wanted_it_and_links_the_others()
    {
        var nobody = new FakeWrite(0);
        var (first, one) = Wanted("first");
        var (second, other) = Wanted("second");
        using (CommitMetrics.StartCommit([nobody, one, other]))
        {
            var commit = Activity.Current!;
            Assert.Equal(("commit", first.SpanId, first.TraceId), (commit.DisplayName, commit.ParentSpanId, commit.TraceId));
            Assert.Equal(second.Context, Assert.Single(commit.Links).Context);
            Assert.Equal(3, commit.GetTagItem("openclaw.batch.size"));
        }
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void A_commit_that_nobody_traces_has_no_span()
    {
        using var commit = CommitMetrics.StartCommit([new FakeWrite(0)]);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Size_and_duration_are_measured()
    {
        const int Unusual = 137;
        var heard = new ConcurrentQueue<string>();
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, meters) =>
            {
                if (instrument.Meter.Name == "OpenClaw") meters.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<int>((instrument, size, _, _) => heard.Enqueue($"{instrument.Name} {size}"));
        meters.SetMeasurementEventCallback<double>((instrument, _, _, _) => heard.Enqueue(instrument.Name));
        meters.Start();
        CommitMetrics.StartCommit([.. Enumerable.Range(0, Unusual).Select(number => new FakeWrite(number))]).Dispose();
        Assert.Contains($"openclaw.storage.batch.size {Unusual}", heard);
        Assert.Contains("openclaw.storage.commit.duration", heard);
    }

    public void Dispose()
    {
        listener.Dispose();
        callers.Dispose();
    }

    private (Activity Caller, FakeWrite Write) Wanted(string name)
    {
        using var caller = callers.StartActivity(name)!;
        return (caller, new FakeWrite(1));
    }
}
