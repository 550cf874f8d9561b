using CsCheck;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>Random lives of a task: whatever comes in whatever order, the promises hold after each step.</summary>
public sealed class TaskMachineWalkTests
{
    private static readonly TaskOptions Options = new();

    private static readonly Holder[] Holders =
    [
        new() { Worker = "studio", Epoch = 1, Offers = "kind:command" },
        new() { Worker = "studio", Epoch = 2, Offers = "kind:command" },
        new() { Worker = "attic", Epoch = 5, Offers = "kind:command" },
        new() { Worker = "compat", Epoch = 0, Offers = "kind:command" },
        new() { Worker = "stranger", Epoch = 1, Offers = "kind:command", Tenant = "other" },
        new() { Worker = "blind", Epoch = 1, Offers = "" },
    ];

    private static readonly Gen<TaskSpec> Specs = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 100], Gen.Int[0, 20], Gen.Int[1, 400],
        (attempts, timeout, grace, startWithin) => Situations.Spec with
        {
            MaxAttempts = attempts,
            Timeout = TimeSpan.FromSeconds(timeout),
            KillGrace = TimeSpan.FromSeconds(grace),
            StartWithin = TimeSpan.FromSeconds(startWithin),
        });

    private static readonly Gen<Holder> AnyHolder = Gen.Int[0, Holders.Length - 1].Select(i => Holders[i]);

    private static readonly Gen<Guid> AnyTicket = Gen.Int[1, 3].Select(i => new Guid(i, 0, 0, new byte[8]));

    private static readonly Gen<AttemptOutcome> Outcomes = Gen.Select(
        Gen.Int[1, 6].Select(kind => (OutcomeKind)kind), Gen.Int[0, 4], Gen.Int[0, 1],
        (kind, attempt, code) => new AttemptOutcome { Kind = kind, Attempt = attempt, ExitCode = code });

    private static readonly Gen<ApprovalAsk> Asks = Gen.Select(Gen.Int[0, 1], Gen.Int[1, 300], Gen.Bool, (digest, wait, remote) =>
        new ApprovalAsk { Rule = "r", Digest = $"{digest}", WaitFor = TimeSpan.FromSeconds(wait), Remote = remote });

    private static readonly Gen<TaskTrigger> Triggers = Gen.Frequency(
        (3, AnyHolder.Select(holder => (TaskTrigger)new TaskTrigger.Offer(holder))),
        (1, AnyHolder.Select(holder => (TaskTrigger)new TaskTrigger.OfferReturned(holder))),
        (4, Gen.Select(AnyHolder, Gen.Int[0, 4], (holder, attempt) => (TaskTrigger)new TaskTrigger.Start(holder, attempt))),
        (2, Gen.Select(AnyHolder, AnyTicket, (holder, ticket) => (TaskTrigger)new TaskTrigger.OfferAndStart(holder, ticket))),
        (1, Gen.Select(AnyHolder, AnyTicket, (holder, ticket) => (TaskTrigger)new TaskTrigger.Undelivered(holder, ticket))),
        (4, Gen.Select(AnyHolder, Gen.Int[0, 4], (holder, attempt) => (TaskTrigger)new TaskTrigger.Heartbeat(holder, attempt))),
        (3, Gen.Select(AnyHolder, Outcomes, (holder, outcome) => (TaskTrigger)new TaskTrigger.Finish(holder, outcome, Situations.Client))),
        (1, Gen.Const((TaskTrigger)new TaskTrigger.Pin("studio"))),
        (2, Gen.Select(AnyHolder, Gen.Int[1, 3], Asks,
            (holder, attempt, ask) => (TaskTrigger)new TaskTrigger.AskApproval(holder, attempt, ask))),
        (2, Gen.Select(Gen.Int[1, 2], Gen.Int[0, 1], Gen.Bool, (decision, digest, here) =>
            (TaskTrigger)new TaskTrigger.Decide((ApprovalDecision)decision, $"{digest}", Situations.Client, here))),
        (1, Gen.Const((TaskTrigger)new TaskTrigger.Cancel(Situations.Client))),
        (1, Gen.Int[1, 6].Select(epoch => (TaskTrigger)new TaskTrigger.HolderRestarted("studio", epoch))),
        (1, Gen.Const((TaskTrigger)new TaskTrigger.Submit(Situations.Id, Situations.Spec, Situations.Client))),
        (1, Gen.Const((TaskTrigger)TaskTrigger.Recovered.Instance)),
        (6, Gen.Const((TaskTrigger)TaskTrigger.Tick.Instance)));

    /// <summary>Seconds between two triggers; now and then the clock steps back.</summary>
    private static readonly Gen<double> Pauses = Gen.Frequency((8, Gen.Double[0, 12]), (2, Gen.Double[12, 130]), (1, Gen.Double[-200, 0]));

    internal static readonly Gen<(TaskSpec Spec, (TaskTrigger Trigger, double Pause)[] Life)> Lives =
        Gen.Select(Specs, Gen.Select(Triggers, Pauses).Array[1, 60]);

    /// <summary>
    /// Lives in which a worker asks for a yes and somebody answers: among all triggers the right ones follow each other hardly ever.
    /// </summary>
    private static readonly Gen<(TaskSpec Spec, (TaskTrigger Trigger, double Pause)[] Life)> LivesWithApproval =
        Gen.Select(Specs, Gen.Select(Gen.Frequency(
            (3, Gen.Select(Gen.Int[0, 2], Gen.Int[1, 2], Asks,
                (holder, attempt, ask) => (TaskTrigger)new TaskTrigger.AskApproval(Holders[holder], attempt, ask))),
            (3, Gen.Select(Gen.Int[0, 1], Gen.Bool, (digest, here) =>
                (TaskTrigger)new TaskTrigger.Decide(ApprovalDecision.Approve, $"{digest}", Situations.Client, here))),
            (3, Gen.Select(Gen.Int[0, 2], Gen.Int[1, 2], (holder, attempt) =>
                (TaskTrigger)new TaskTrigger.Start(Holders[holder], attempt))),
            (1, Triggers)), Pauses).Array[1, 30]);

    [Fact]
    public void An_end_never_changes() => Walk((before, step, _, _) =>
    {
        if (before is null || !before.State.IsEnd()) return false;
        var after = step.Record!;
        Assert.Equal(before.State, after.State);
        Assert.Equal(
            (before.Outcome, before.EndedAt, before.Reason, before.Attempt), (after.Outcome, after.EndedAt, after.Reason, after.Attempt));
        if (before.LateResult is not null) Assert.Same(before.LateResult, after.LateResult);
        return true;
    });

    [Fact]
    public void Version_grows_by_one_with_each_durable_step_and_only_then() => Walk((before, step, _, _) =>
    {
        Assert.Equal((before?.Version ?? 0) + (step.Durable ? 1 : 0), step.Record?.Version ?? 0);
        return step.Durable;
    });

    [Fact]
    public void Attempt_never_falls_and_grows_only_by_a_committed_start() => Walk((before, step, trigger, _) =>
    {
        var grown = (step.Record?.Attempt ?? 0) - (before?.Attempt ?? 0);
        var starts = step.Durable && trigger is TaskTrigger.Start or TaskTrigger.OfferAndStart;
        Assert.True(grown == 0 || (grown == 1 && starts), $"{grown} by {trigger.Name}");
        return grown > 0;
    });

    [Fact]
    public void Starts_are_at_most_maxAttempts_and_those_that_were_undelivered()
    {
        var starts = 0;
        var undelivered = 0;
        Walk((before, step, trigger, _) =>
        {
            if (before is null) (starts, undelivered) = (0, 0);
            if (step.Durable && step.Record!.State == TaskState.Running && before!.State != TaskState.Running) starts++;
            if (step.Durable && trigger is TaskTrigger.Undelivered) undelivered++;
            if (step.Record is not { } task) return false;
            Assert.True(starts <= task.Spec.MaxAttempts + undelivered, $"{starts} starts, {undelivered} undelivered");
            return starts == task.Spec.MaxAttempts && undelivered > 0;
        }, threads: 1);
    }

    [Fact]
    public void Each_durable_step_names_its_transition_and_is_never_an_offer() => Walk((_, step, trigger, now) =>
    {
        if (!step.Durable) return false;
        Assert.NotEqual(TaskState.Offered, step.Record!.State);
        Assert.Equal((trigger.Name, now, step.Record.Attempt), (step.Record.Last!.Trigger, step.Record.Last.At, step.Record.Last.Attempt));
        Assert.Null(step.Record.OfferedTo);
        return true;
    });

    [Theory, InlineData(TaskState.TimedOut), InlineData(TaskState.Lost), InlineData(TaskState.Queued), InlineData(TaskState.Expired)]
    public void The_server_ends_nothing_before_its_time(TaskState end) => Walk((before, step, trigger, now) =>
    {
        if (trigger is not TaskTrigger.Tick || !step.Durable) return false;
        var (task, after) = (before!, step.Record!);
        if (task.State == TaskState.Running)
        {
            var timeout = task.StartedAt + task.Spec.Timeout + task.Spec.KillGrace;
            var reason = after.Reason;
            if (reason == "timeout") Assert.True(now >= timeout, $"timed_out {timeout - now} early");
            else if (reason == "cancelled-unreachable") Assert.True(task.CancelRequested && now >= TaskClocks.GetGoneAt(task, Options));
            else if (after.State == TaskState.Lost)
                Assert.True(now >= timeout && now >= TaskClocks.GetLeaseEnd(task, Options) + Options.LostAfter);
            else if (after.State == TaskState.Queued) Assert.True(now >= TaskClocks.GetGoneAt(task, Options));
            else Assert.Equal(task with { Version = after.Version, Last = after.Last, WakeAt = after.WakeAt }, after);
        }
        else if (after.State == TaskState.Expired)
        {
            Assert.True(now >= task.CreatedAt + task.Spec.StartWithin);
        }
        return after.State == end;
    });

    [Fact]
    public void A_cancel_of_a_running_task_makes_its_end_no_later_and_leads_to_no_other_attempt() => Walk((before, step, trigger, now) =>
    {
        if (trigger is not TaskTrigger.Cancel || !step.Durable || step.Record!.State != TaskState.Running) return false;
        var (cancelled, other) = (step.Record, before!);
        var asked = now;
        for (; other.State == TaskState.Running; now = now.AddSeconds(1)) other = Tick(other, now);
        var ended = now;
        for (now = asked; cancelled.State == TaskState.Running; now = now.AddSeconds(1)) cancelled = Tick(cancelled, now);
        Assert.True(cancelled.State is TaskState.Lost or TaskState.TimedOut, $"{cancelled.State}");
        Assert.True(now <= ended, $"{now - ended} later than without the cancel");
        Assert.Equal(QueueDuty.RemoveEnded, TaskObligations.DecideQueueDuty(cancelled, now));
        return cancelled.Reason == "cancelled-unreachable";

        static TaskRecord Tick(TaskRecord record, DateTimeOffset now) =>
            TaskMachine.ApplyTrigger(record, TaskTrigger.Tick.Instance, now, Options).Record!;
    });

    [Fact]
    public void A_clock_that_steps_back_ends_nothing_early() => Lives.Sample(
        life =>
        {
            // A step back takes no time: what counts is how long a person would have waited.
            var (lived, started, requeued, asked, i) = (0.0, 0.0, 0.0, 0.0, 0);
            Live(life.Spec, life.Life, (before, step, trigger, _) =>
            {
                if (before is null) return;
                lived += Math.Max(0, life.Life[i++].Pause);
                if (step.Durable && step.Record!.State == TaskState.Running && before.State != TaskState.Running) started = lived;
                if (step.Record!.Approval is not null && before.Approval is null) asked = lived;
                if (step.Record!.FailedAttempts > before.FailedAttempts) requeued = lived;
                if (!step.Durable || !step.Record.State.IsEnd() || trigger is not TaskTrigger.Tick) return;
                var (allowed, since) = before switch
                {
                    { State: TaskState.Running } when step.Record.Reason == "cancelled-unreachable" =>
                        (Options.Lease + life.Spec.KillGrace, started),
                    { State: TaskState.Running } => (life.Spec.Timeout + life.Spec.KillGrace, started),
                    { Approval: { Approved: false } wait } => (wait.Until - wait.Since, asked),
                    _ => (life.Spec.StartWithin, requeued),
                };
                Assert.True(lived - since >= allowed.TotalSeconds - 0.001, $"{step.Record.State} after {lived - since} s of {allowed}");
            });
        },
        iter: 3000);

    [Fact]
    public void An_expired_task_has_no_delivered_start() => Walk((before, step, _, _) =>
    {
        if (step.Record is not { State: TaskState.Expired } task || before!.State.IsEnd()) return false;
        Assert.Null(task.StartedAt);
        Assert.Equal(0, task.FailedAttempts);
        return true;
    });

    [Fact]
    public void It_ends_no_earlier_than_it_began_and_somebody_looks_at_it_until_then() => Walk((_, step, _, _) =>
    {
        if (step.Record is not { } task) return false;
        Assert.Equal(task.State.IsEnd(), task.EndedAt is not null);
        Assert.Equal(task.State.IsEnd(), task.WakeAt is null);
        if (task.EndedAt is { } ended) Assert.True(ended >= (task.StartedAt ?? task.CreatedAt));
        return true;
    });

    [Fact]
    public void Whatever_happened_enough_ticks_end_it() => Lives.Sample(
        life =>
        {
            var (record, now) = Live(life.Spec, life.Life, (_, _, _, _) => { });
            for (var i = 0; i < 40 && !record!.State.IsEnd(); i++)
            {
                now = now.AddSeconds(200);
                record = TaskMachine.ApplyTrigger(record, TaskTrigger.Tick.Instance, now, Options).Record;
            }
            Assert.True(record!.State.IsEnd(), $"{record.State} for ever");
        },
        iter: 2000);

    [Fact]
    public void A_refused_call_changes_nothing_but_what_the_clock_had_decided() => Walk((before, step, trigger, now) =>
    {
        if (step.Rejection == Rejection.None || ReferenceEquals(before, step.Record)) return false;
        Assert.True(trigger is TaskTrigger.Offer or TaskTrigger.Start or TaskTrigger.OfferAndStart or TaskTrigger.AskApproval
            or TaskTrigger.Decide);
        Assert.True(now >= (before!.Approval is { } wait ? TaskClocks.GetWaitEnd(wait) : TaskClocks.GetStartBy(before)));
        Assert.True(step.Record!.State.IsEnd());
        return true;
    });

    [Fact]
    public void What_waited_for_a_human_starts_only_after_a_yes_and_on_the_worker_that_asked() => Walk((before, step, _, _) =>
    {
        if (before?.Approval is not { } wait || step.Record!.State != TaskState.Running) return false;
        Assert.True(wait.Approved);
        Assert.Equal((wait.Worker, wait.Attempt), (step.Record.Worker, step.Record.Attempt));
        return true;
    }, lives: LivesWithApproval);

    [Fact]
    public void A_yes_is_recorded_only_for_the_digest_that_waits() => Walk((before, step, trigger, _) =>
    {
        if (step.Record?.Approval is not { Approved: true } wait || ReferenceEquals(before, step.Record)) return false;
        if (before!.Approval is { Approved: true }) return false;
        Assert.Equal(wait.Digest, Assert.IsType<TaskTrigger.Decide>(trigger).Digest);
        Assert.True(wait.Remote || ((TaskTrigger.Decide)trigger).AtThePc);
        return true;
    }, lives: LivesWithApproval);

    [Fact]
    public void A_task_has_an_approval_exactly_while_it_waits_for_one_and_is_in_no_backlog_then() => Walk((_, step, _, now) =>
    {
        if (step.Record is not { } task) return false;
        Assert.Equal(task.State == TaskState.AwaitingApproval, task.Approval is not null);
        if (task.Approval is null) return false;
        Assert.Equal(QueueDuty.RemoveHolding, TaskObligations.DecideQueueDuty(task, now));
        Assert.Equal(task.Approval.Until, task.NotBefore);
        Assert.True(task.Approval.Until <= task.Approval.StartBy);
        return true;
    });

    [Fact]
    public void Nobody_is_left_without_an_answer_before_the_end_of_the_wait() => Walk((before, step, _, now) =>
    {
        if (before?.Approval is not { } wait || step.Record!.Reason != "approval-timeout") return false;
        Assert.Equal(TaskState.Rejected, step.Record.State);
        Assert.True(!wait.Approved && now >= wait.Until);
        return true;
    });

    /// <param name="check">
    /// Looks at a step; false when it was none that it judges. A walk without any that it does proves nothing, and fails.
    /// </param>
    /// <param name="threads">1 for a check that remembers the steps before.</param>
    /// <param name="lives">Null: <see cref="Lives"/>.</param>
    private static void Walk(
        Func<TaskRecord?, TaskStep, TaskTrigger, DateTimeOffset, bool> check, int threads = -1,
        Gen<(TaskSpec Spec, (TaskTrigger Trigger, double Pause)[] Life)>? lives = null)
    {
        var judged = 0;
        (lives ?? Lives).Sample(
            life =>
            {
                Live(life.Spec, life.Life, (before, step, trigger, now) =>
                {
                    if (check(before, step, trigger, now)) Interlocked.Increment(ref judged);
                });
            },
            iter: 3000, threads: threads);
        Assert.True(judged > 0, "No step was one that this test is about.");
    }

    internal static (TaskRecord? Record, DateTimeOffset Now) Live(
        TaskSpec spec, (TaskTrigger Trigger, double Pause)[] life, Action<TaskRecord?, TaskStep, TaskTrigger, DateTimeOffset> check)
    {
        var now = Situations.T0;
        TaskTrigger birth = new TaskTrigger.Submit(Situations.Id, spec, Situations.Client);
        var step = TaskMachine.ApplyTrigger(null, birth, now, Options);
        check(null, step, birth, now);
        foreach (var (trigger, pause) in life)
        {
            now = now.AddSeconds(pause);
            var before = step.Record;
            step = TaskMachine.ApplyTrigger(before, trigger, now, Options);
            check(before, step, trigger, now);
        }
        return (step.Record, now);
    }
}
