using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Waits;

namespace OpenClaw.Grains.Tasks;

// How attempts end: reported by their worker, or given up when it came back without them.
internal static partial class TaskMachine
{
    private static TaskStep ApplyFinish(TaskRecord record, TaskTrigger.Finish t, DateTimeOffset now, TaskOptions options)
    {
        if (IsForeign(record, t.Holder)) return new(record, Rejection.NotFound);
        var outcome = t.Outcome.Attempt == 0 && t.Holder.Epoch == 0 ? t.Outcome with { Attempt = record.Attempt } : t.Outcome;
        if (t.Output is not null && !MayEndWithOutput(record, t.Holder, outcome)) return new(record) { IsApart = true };
        // Of a task that never began a worker can't know; with a number it would be an attempt of old.
        if (outcome.Attempt == 0) return new(record, Rejection.NotFound);
        if (outcome.Attempt != record.Attempt || !IsLatestHolder(record, t.Holder))
            return RejectStale(record, t, t.Holder, outcome.Attempt);
        if (record.State == TaskState.Running) return RecordResult(record, t, outcome, now, options) with { Fate = ResultFate.Recorded };
        if (record.Outcome is { } known) return JudgeRepeat(record, t, known, outcome);
        if (record.State.IsEnd()) return RecordLateResult(record, t, outcome, now, options);
        return RecordGivenUpResult(record, t, outcome, now, options) with { Fate = ResultFate.Recorded };
    }

    /// <summary>
    /// The plain case, in which nothing has to be said about the output but that it is this attempt's. A worker of the compatible protocol
    /// is asked for its name: another one's report may end the attempt, but whose output that is has to be looked at.
    /// </summary>
    private static bool MayEndWithOutput(TaskRecord record, Holder holder, AttemptOutcome outcome) =>
        outcome.Attempt == record.Attempt && IsLatestHolder(record, holder)
        && (record.Epoch > 0 || string.Equals(record.Worker, holder.Worker, StringComparison.Ordinal))
        // Or it is told again what is recorded, output and all.
        && (record.State == TaskState.Running || record.Outcome?.IsSameEnd(outcome) == true);

    private static TaskStep RecordResult(
        TaskRecord record, TaskTrigger.Finish t, AttemptOutcome outcome, DateTimeOffset now, TaskOptions options)
    {
        var (end, reason) = DecideEnd(record, outcome, now, options);
        return EndAttempt(record with { Outcome = outcome }, end, reason, t, t.Actor, now, options);
    }

    /// <summary>A second report of the same attempt: the same again, or another story.</summary>
    private static TaskStep JudgeRepeat(TaskRecord record, TaskTrigger.Finish t, AttemptOutcome known, AttemptOutcome outcome) =>
        known.IsSameEnd(outcome)
            ? new(record) { Fate = ResultFate.Duplicate, Repeated = true }
            : new(record, Rejection.ResultConflict) { Note = $"another result of attempt {outcome.Attempt} by {t.Holder.Worker}" };

    /// <summary>The task ended without this report: the end stands, the truth is kept beside it.</summary>
    private static TaskStep RecordLateResult(
        TaskRecord record, TaskTrigger.Finish t, AttemptOutcome outcome, DateTimeOffset now, TaskOptions options) =>
        record.LateResult is { } late
            ? JudgeRepeat(record, t, late, outcome)
            : CommitChange(record with { LateResult = outcome }, t, t.Actor, now, options) with { Fate = ResultFate.Late };

    /// <summary>
    /// The attempt was given up, no newer one began, and now its true result comes: it counts. A failure that was counted when it
    /// was given up is not counted twice.
    /// </summary>
    private static TaskStep RecordGivenUpResult(
        TaskRecord record, TaskTrigger.Finish t, AttemptOutcome outcome, DateTimeOffset now, TaskOptions options)
    {
        var (end, reason) = DecideEnd(record, outcome, now, options);
        var known = record with { Outcome = outcome };
        if (!RetryPolicy.IsRetryable(end)) return CommitChange(EndTask(known, end, reason, now), t, t.Actor, now, options);
        if (record.StartedAt is null) return EndAttempt(known, end, reason, t, t.Actor, now, options);
        return CommitChange(ClearOffer(known with { Reason = reason }), t, t.Actor, now, options);
    }

    private static TaskStep ApplyHolderRestarted(TaskRecord record, TaskTrigger.HolderRestarted t, DateTimeOffset now, TaskOptions options)
    {
        var gone = record.State == TaskState.Running && record.Epoch > 0 && record.Epoch < t.Epoch
            && string.Equals(record.Worker, t.Worker, StringComparison.Ordinal);
        return gone ? EndAttempt(record, TaskState.Lost, "worker-restarted", t, Actor.System, now, options) : new(record);
    }

    /// <summary>
    /// The end of an attempt: the end of the task, or a pause before the next one. The pause lasts until <paramref name="goneAt"/> at
    /// least, when only a clock says that the attempt is over: attempts never overlap.
    /// </summary>
    private static TaskStep EndAttempt(
        TaskRecord record, TaskState end, string? reason, TaskTrigger t, Actor actor, DateTimeOffset now, TaskOptions options,
        DateTimeOffset? goneAt = null)
    {
        if (!RetryPolicy.IsRetryable(end)) return CommitChange(EndTask(record, end, reason, now), t, actor, now, options);
        var failed = record.FailedAttempts + 1;
        if (!RetryPolicy.HasAttemptsLeft(record))
            return CommitChange(EndTask(record, end, reason, now) with { FailedAttempts = failed }, t, actor, now, options);
        var next = now + RetryPolicy.GetPause(failed, options);
        var back = record with
        {
            State = TaskState.Queued,
            Reason = reason,
            FailedAttempts = failed,
            StartedAt = record.StartedAt ?? now,
            NotBefore = goneAt > next ? goneAt : next,
            Approval = null,
            OfferedTo = null,
            OfferExpires = null,
            LeaseUntil = null,
            HeardSince = null,
        };
        return CommitChange(back, t, actor, now, options);
    }

    private static (TaskState End, string? Reason) DecideEnd(
        TaskRecord record, AttemptOutcome outcome, DateTimeOffset now, TaskOptions options) =>
        outcome.Kind switch
        {
            OutcomeKind.Succeeded => (TaskState.Succeeded, outcome.Reason),
            OutcomeKind.Failed => (TaskState.Failed, outcome.Reason ?? "exit-code"),
            OutcomeKind.TimedOut => (TaskState.TimedOut, outcome.Reason ?? "timeout"),
            // The heartbeat tells an attempt over its timeout to end, in the word "cancel"; that makes it no cancel.
            OutcomeKind.Cancelled
                when !record.CancelRequested && record.StartedAt is not null && now >= TaskClocks.GetTimeoutAt(record, options) =>
                (TaskState.TimedOut, "timeout"),
            OutcomeKind.Cancelled => (TaskState.Cancelled, outcome.Reason ?? "cancelled"),
            OutcomeKind.Rejected => (TaskState.Rejected, outcome.Reason ?? "worker-policy"),
            OutcomeKind.Lost => (TaskState.Lost, outcome.Reason ?? "worker-restarted"),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.Kind, "not an outcome"),
        };
}

/// <summary>Whether, and when, a failed attempt is followed by another. Pure.</summary>
internal static class RetryPolicy
{
    /// <summary>True when one more failure leaves room for another attempt. A cancel wins over a retry.</summary>
    public static bool HasAttemptsLeft(TaskRecord record) => !record.CancelRequested && IsBelowMaxAttempts(record);

    /// <summary>The same, whether a cancel was asked for or not.</summary>
    public static bool IsBelowMaxAttempts(TaskRecord record) => record.FailedAttempts + 1 < record.Spec.MaxAttempts;

    /// <summary>Ends that another attempt may mend. The worker's own no, and a cancel, are final.</summary>
    public static bool IsRetryable(TaskState end) => end is TaskState.Failed or TaskState.TimedOut or TaskState.Lost;

    /// <summary>Pause before the attempt after <paramref name="failedAttempts"/> failures: 1 s, 2 s, 4 s ... 60 s.</summary>
    public static TimeSpan GetPause(int failedAttempts, TaskOptions options) =>
        new BackOff(options.FirstBackOff, options.LongestBackOff).GetLimit(failedAttempts);
}
