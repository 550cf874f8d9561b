using CsCheck;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>Whoever looks at a task because a clock said so finds something to do, and is not sent again for nothing.</summary>
public sealed class DueTests
{
    private static readonly TaskOptions Options = new();

    [Fact]
    public void A_tick_changes_the_record_when_one_is_due_and_only_then() => EachRecord((record, now) =>
    {
        var times = new[] { 0, 5, 20, 45, 46, 60, 110, 400 }.Select(seconds => now.AddSeconds(seconds)).ToList();
        if (TaskObligations.GetNextDue(record, now, Options) is { } next) times.AddRange([Later(next, now), Later(next.AddTicks(-1), now)]);
        foreach (var at in times)
        {
            var step = TaskMachine.ApplyTrigger(record, TaskTrigger.Tick.Instance, at, Options);
            var isDue = TaskObligations.GetNextDue(record, at, Options) <= at;
            Assert.True(isDue == !ReferenceEquals(record, step.Record), $"{record.State}, due: {isDue}, changed: {!isDue}");
            var after = TaskObligations.GetNextDue(step.Record!, at, Options);
            Assert.True(step.Record!.State.IsEnd() ? after is null : after > at, $"{step.Record.State} is due after its tick");
        }
    });

    [Fact]
    public void A_row_that_is_due_is_changed_by_a_tick_and_due_no_more() => EachRecord((record, now) =>
    {
        if (record.WakeAt is not { } wake) return;
        var at = Later(wake, now);
        foreach (var awake in new[] { record, TaskMachine.ApplyTrigger(record, TaskTrigger.Recovered.Instance, at, Options).Record! })
        {
            var step = TaskMachine.ApplyTrigger(awake, TaskTrigger.Tick.Instance, at, Options);
            Assert.True(step.Durable, $"{awake.State} due since {at - wake} and left as it is");
            Assert.True(step.Record!.State.IsEnd() ? step.Record.WakeAt is null : step.Record.WakeAt > at,
                $"{step.Record.State} due again at once");
        }
    });

    [Fact]
    public void A_timer_changes_the_record_or_what_follows_from_it_and_waits_for_a_later_moment_then() => EachRecord((record, now) =>
    {
        for (var looks = 0; TaskObligations.GetTimerAt(record, now, Options) is { } due; looks++)
        {
            Assert.True(looks < 8, $"{record.State} looked at for ever");
            var (before, at) = (record, Later(due, now));
            record = TaskMachine.ApplyTrigger(before, TaskTrigger.Tick.Instance, at, Options).Record!;
            var isNews = !ReferenceEquals(before, record)
                || TaskObligations.DecideQueueDuty(before, at) != TaskObligations.DecideQueueDuty(before, due.AddTicks(-1))
                || TaskObligations.NeedsReminder(before, at, Options) != TaskObligations.NeedsReminder(before, due.AddTicks(-1), Options);
            Assert.True(isNews, $"{before.State} looked at for nothing at {at - Situations.T0}");
            if (TaskObligations.GetTimerAt(record, at, Options) is { } next)
                Assert.True(next > at, $"{record.State} looked at twice at one time");
            now = at;
        }
    });

    [Theory, InlineData(0), InlineData(0.001), InlineData(20), InlineData(400)]
    public void A_timer_that_is_late_is_not_late_again_and_again(double late) => EachRecord((record, now) =>
    {
        if (TaskObligations.GetTimerAt(record, now, Options) is not { } due) return;
        var at = Later(due, now).AddSeconds(late);
        var after = TaskMachine.ApplyTrigger(record, TaskTrigger.Tick.Instance, at, Options).Record!;
        if (TaskObligations.GetTimerAt(after, at, Options) is { } next)
            Assert.True(next > at, $"{after.State} due {at - next} ago, after its tick");
    });

    [Theory, InlineData(1), InlineData(3)]
    public void A_PC_that_vanishes_costs_a_few_looks(int maxAttempts)
    {
        for (var timeout = 30; timeout <= 240; timeout += 10)
            for (var vanishes = 0; vanishes <= timeout; vanishes += 5)
            {
                var spec = Situations.Spec with { MaxAttempts = maxAttempts, Timeout = TimeSpan.FromSeconds(timeout) };
                var (looks, record) = LooksUntilGivenUp(spec, TimeSpan.FromSeconds(vanishes));
                Assert.NotEqual(TaskState.Running, record.State);
                Assert.True(looks <= 4, $"{looks} looks at a task of {timeout} s whose PC vanished after {vanishes} s");
            }
    }

    [Fact]
    public void A_task_of_hours_that_may_be_tried_again_is_looked_at_once_and_not_by_every_sweep()
    {
        var spec = Situations.Spec with { MaxAttempts = 3, Timeout = TimeSpan.FromHours(3) };
        var record = Situations.Running(spec);
        var pokes = 0;
        for (var at = 5; at < 3 * 3600; at += 5)
        {
            if (at % 15 == 0) record = Situations.After(record, new TaskTrigger.Heartbeat(Situations.Studio, 1), at);
            if (record.WakeAt > Situations.T0.AddSeconds(at)) continue;
            pokes++;
            record = Situations.After(record, TaskTrigger.Tick.Instance, at);
        }
        Assert.Equal(TaskState.Running, record.State);
        Assert.Equal(1, pokes);
    }

    /// <summary>Heartbeats until the PC vanishes; then only the task's timer, and the sweep of its row, look at it.</summary>
    private static (int Looks, TaskRecord Record) LooksUntilGivenUp(TaskSpec spec, TimeSpan vanishes)
    {
        var record = Situations.Running(spec);
        var now = Situations.T0.AddSeconds(1);
        for (var end = now + vanishes; now + AttemptTiming.HeartbeatEvery <= end;)
        {
            now += AttemptTiming.HeartbeatEvery;
            record = TaskMachine.ApplyTrigger(record, new TaskTrigger.Heartbeat(Situations.Studio, 1), now, Options).Record!;
        }
        var looks = 0;
        for (; record.State == TaskState.Running && looks < 100; looks++)
        {
            var (timer, row) = (TaskObligations.GetTimerAt(record, now, Options), record.WakeAt!.Value);
            now = Later(timer < row ? timer.Value : row, now.AddMilliseconds(20));
            record = TaskMachine.ApplyTrigger(record, TaskTrigger.Tick.Instance, now, Options).Record!;
        }
        return (looks, record);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>Every record of random lives, at the time it came to be.</summary>
    private static void EachRecord(Action<TaskRecord, DateTimeOffset> check) => TaskMachineWalkTests.Lives.Sample(
        life => TaskMachineWalkTests.Live(life.Spec, life.Life, (_, step, _, now) =>
        {
            if (step.Record is { } record) check(record, now);
        }),
        iter: 2000);
}
