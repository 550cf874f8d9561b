using OpenClaw.Grains.Tasks;
using OpenClaw.Grains.Telemetry;
using OpenClaw.Grains.Tests.Tasks;

namespace OpenClaw.Grains.Tests.Telemetry;

/// <summary>What is counted of a committed step.</summary>
public sealed class TaskMetricsTests
{
    /// <summary>A kind that no other test of this project uses.</summary>
    private const string Kind = "file-edit";

    public static TheoryData<string, string, string[]> Steps => new()
    {
        { "none", "queued", ["openclaw.tasks.submitted 1"] },
        { "queued", "running", ["openclaw.tasks.started 1 protocol=sessions", "openclaw.task.pickup.duration 1"] },
        { "offered", "running", ["openclaw.tasks.started 1 protocol=sessions", "openclaw.task.pickup.duration 1"] },
        { "queued", "running compatible", ["openclaw.tasks.started 1 protocol=compatible", "openclaw.task.pickup.duration 1"] },
        { "queued between attempts", "running again", ["openclaw.tasks.started 1 protocol=sessions"] },
        { "running", "succeeded", ["openclaw.tasks.ended 1 state=succeeded", "openclaw.task.run.duration 1 state=succeeded"] },
        { "running", "lost", ["openclaw.tasks.ended 1 state=lost", "openclaw.task.run.duration 199 state=lost"] },
        { "queued", "expired", ["openclaw.tasks.ended 1 state=expired"] },
        { "queued", "cancelled", ["openclaw.tasks.ended 1 state=cancelled"] },
        { "running may retry", "queued between attempts", ["openclaw.tasks.requeued 1 reason=retry"] },
        { "running", "undelivered", ["openclaw.tasks.requeued 1 reason=undelivered"] },
        { "running", "running cancel asked", [] },
        { "failed", "failed", [] },
    };

    [Theory, MemberData(nameof(Steps))]
    public void A_step_is_counted_as_what_it_is(string before, string after, string[] measured)
    {
        using var recorded = new RecordedMeasurements("kind", Kind);
        TaskMetrics.RecordCommit(Of(before), Of(after)!);
        Assert.Equal(measured, recorded.All);
    }

    [Fact]
    public void A_clock_that_stepped_back_makes_no_negative_duration()
    {
        using var recorded = new RecordedMeasurements("kind", Kind);
        var running = Of("running")!;
        TaskMetrics.RecordCommit(Of("queued"), running with { StartedAt = running.CreatedAt.AddHours(-1) });
        Assert.Contains("openclaw.task.pickup.duration 0", recorded.All);
    }

    [Fact]
    public void Kinds_too_many_share_one_label_and_the_built_in_ones_keep_theirs()
    {
        var labels = Enumerable.Range(0, 100).Select(i => Instruments.ToKindLabel($"invented-{i}")).ToHashSet();
        Assert.Contains(Instruments.OtherKinds, labels);
        Assert.True(labels.Count <= Instruments.MostKinds);
        string[] builtIn = [.. OpenClaw.Protocol.Payloads.Kinds.BuiltIn];
        Assert.Equal(builtIn, builtIn.Select(Instruments.ToKindLabel));
    }

    private static TaskRecord? Of(string situation)
    {
        var record = situation switch
        {
            "running again" => Situations.States["running"]! with { FailedAttempts = 1, Attempt = 2 },
            "undelivered" => Situations.States["queued"]! with { Attempt = 1, Reason = "undelivered" },
            _ => Situations.States[situation],
        };
        return record is null ? null : record with { Spec = record.Spec with { Kind = Kind } };
    }
}
