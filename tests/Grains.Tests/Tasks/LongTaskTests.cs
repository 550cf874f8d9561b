using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>The original forgot every task after 15 minutes; here only a task's own clocks end it.</summary>
public sealed class LongTaskTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Fault_4_a_queued_task_is_kept_past_15_minutes_until_its_own_time()
    {
        var task = Step(null, new TaskTrigger.Submit(Situations.Id, Spec, Situations.Client), TimeSpan.Zero);
        for (var at = Minute; at < Hour; at += Minute) task = Step(task, TaskTrigger.Tick.Instance, at);
        Assert.Equal(TaskState.Queued, task.State);
        Assert.Equal(TaskState.Expired, Step(task, TaskTrigger.Tick.Instance, Hour).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fault_4_a_running_task_is_kept_past_15_minutes_until_its_own_time(bool session)
    {
        var holder = session ? Situations.Studio : Situations.Compatible;
        var task = Step(null, new TaskTrigger.Submit(Situations.Id, Spec, Situations.Client), TimeSpan.Zero);
        TaskTrigger start = session ? new TaskTrigger.Start(holder, 1) : new TaskTrigger.OfferAndStart(holder, Situations.Ticket);
        task = Step(task, start, TimeSpan.Zero);
        for (var at = TimeSpan.Zero; at < Hour; at += AttemptTiming.HeartbeatEvery)
        {
            if (session) task = Step(task, new TaskTrigger.Heartbeat(holder, 1), at);
            task = Step(task, TaskTrigger.Tick.Instance, at);
        }
        Assert.Equal(TaskState.Running, task.State);
        var done = new AttemptOutcome { Kind = OutcomeKind.Succeeded, Attempt = 1, ExitCode = 0 };
        Assert.Equal(TaskState.Succeeded, Step(task, new TaskTrigger.Finish(holder, done, Situations.Client), Hour).State);
    }

    /// <summary>Its output is on the way over a slow line: it is not called timed out for that, nor begun again, for two hours.</summary>
    [Fact]
    public void An_attempt_that_has_ended_by_its_workers_word_is_not_overruled_while_its_result_is_on_the_way()
    {
        var (holder, options) = (Situations.Studio, Situations.Options);
        var spec = Situations.Spec with { Timeout = TimeSpan.FromSeconds(20), MaxAttempts = 2 };
        var task = Step(null, new TaskTrigger.Submit(Situations.Id, spec, Situations.Client), TimeSpan.Zero);
        task = Step(task, new TaskTrigger.Start(holder, 1), TimeSpan.Zero);
        var longest = spec.Timeout + spec.KillGrace + options.LongestReport;
        for (var at = TimeSpan.Zero; at < longest; at += AttemptTiming.HeartbeatEvery)
        {
            task = Step(task, new TaskTrigger.Heartbeat(holder with { Reporting = at > TimeSpan.Zero }, 1), at);
            task = Step(task, TaskTrigger.Tick.Instance, at + TimeSpan.FromSeconds(14));
        }
        Assert.Equal((TaskState.Running, 1), (task.State, task.Attempt));

        var done = new AttemptOutcome { Kind = OutcomeKind.Succeeded, Attempt = 1, ExitCode = 0 };
        Assert.Equal(TaskState.Succeeded, Step(task, new TaskTrigger.Finish(holder, done, Situations.Client), longest).State);

        var late = Step(task, new TaskTrigger.Heartbeat(holder with { Reporting = true }, 1), longest);
        late = Step(late, TaskTrigger.Tick.Instance, longest + options.ReportGrace);
        Assert.NotEqual(TaskState.Running, late.State);
    }

    private static TaskSpec Spec => Situations.Spec with { Timeout = Hour, StartWithin = Hour };

    private static TaskRecord Step(TaskRecord? task, TaskTrigger trigger, TimeSpan at) =>
        TaskMachine.ApplyTrigger(task, trigger, Situations.T0 + at, Situations.Options).Record!;
}
