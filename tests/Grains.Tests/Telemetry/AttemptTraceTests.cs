using System.Collections.Concurrent;
using System.Diagnostics;
using OpenClaw.Grains.Tasks;
using OpenClaw.Grains.Tests.Tasks;

namespace OpenClaw.Grains.Tests.Telemetry;

/// <summary>The span of an attempt, made from its record.</summary>
public sealed class AttemptTraceTests : IDisposable
{
    private readonly ActivityTraceId trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> spans = new();
    private readonly ActivityListener listener;

    public AttemptTraceTests()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "OpenClaw",
            Sample = static (ref ActivityCreationOptions<ActivityContext> span) =>
                span.Parent.TraceFlags == ActivityTraceFlags.Recorded
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace) spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    [Theory]
    [InlineData("succeeded", ActivityStatusCode.Ok), InlineData("cancelled", ActivityStatusCode.Unset)]
    [InlineData("failed", ActivityStatusCode.Error), InlineData("timed_out", ActivityStatusCode.Error)]
    [InlineData("rejected", ActivityStatusCode.Error), InlineData("lost", ActivityStatusCode.Error)]
    public void An_attempt_has_the_times_of_its_record_and_the_status_of_its_end(string state, ActivityStatusCode status)
    {
        var running = Traced("running");
        var ended = Traced(state) with { Worker = running.Worker };
        AttemptTrace.RecordCommit(running, ended);
        var span = Assert.Single(spans);
        Assert.Equal((trace, status), (span.TraceId, span.Status));
        Assert.Equal("b7ad6b7169203331", span.ParentSpanId.ToHexString());
        Assert.Equal(running.StartedAt!.Value.UtcDateTime, span.StartTimeUtc);
        Assert.Equal(ended.EndedAt!.Value - running.StartedAt.Value, span.Duration);
        Assert.Equal(state, span.GetTagItem("openclaw.state"));
        Assert.Equal("studio", span.GetTagItem("openclaw.worker"));
    }

    [Fact]
    public void An_attempt_that_another_one_follows_has_failed()
    {
        AttemptTrace.RecordCommit(Traced("running may retry"), Traced("queued between attempts"));
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans).Status);
    }

    [Theory]
    [InlineData("queued", "expired"), InlineData("queued", "running")]
    [InlineData("running", "running cancel asked"), InlineData("failed", "failed")]
    public void What_is_no_end_of_an_attempt_has_no_span(string before, string after)
    {
        AttemptTrace.RecordCommit(Traced(before), Traced(after));
        Assert.Empty(spans);
    }

    [Fact]
    public void An_attempt_that_never_reached_its_worker_has_no_span()
    {
        AttemptTrace.RecordCommit(Traced("running"), Traced("queued") with { Attempt = 1, Reason = "undelivered" });
        Assert.Empty(spans);
    }

    [Fact]
    public void Without_a_trace_or_with_one_that_is_not_sampled_there_is_no_span()
    {
        AttemptTrace.RecordCommit(Situations.States["running"], Situations.States["failed"]!);
        AttemptTrace.RecordCommit(Traced("running", "00"), Traced("failed", "00"));
        Assert.Empty(spans);
    }

    public void Dispose() => listener.Dispose();

    private TaskRecord Traced(string situation, string flags = "01")
    {
        var record = Situations.States[situation]!;
        return record with { Spec = record.Spec with { TraceParent = $"00-{trace}-b7ad6b7169203331-{flags}" } };
    }
}
