using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

/// <summary>What the queue of a task's pool is to be told.</summary>
internal enum QueueDuty
{
    None = 0,
    /// <summary>It may be started now.</summary>
    Enqueue = 1,
    /// <summary>It is not in the backlog, and holds its concurrency key.</summary>
    RemoveHolding = 2,
    /// <summary>It is not in the backlog and its key is free.</summary>
    RemoveEnded = 3,
    /// <summary>It is between two attempts: it runs no more, and holds its concurrency key.</summary>
    RemovePaused = 4,
}

/// <summary>A state implies obligations: what the world must look like for a record. Pure.</summary>
internal static class TaskObligations
{
    /// <summary>What the queue must believe of this task.</summary>
    public static QueueDuty DecideQueueDuty(TaskRecord record, DateTimeOffset now) => record.State switch
    {
        TaskState.Queued => record.NotBefore > now ? QueueDuty.RemoveHolding : QueueDuty.Enqueue,
        TaskState.Offered => QueueDuty.None,
        TaskState.Running or TaskState.AwaitingApproval => QueueDuty.RemoveHolding,
        _ => QueueDuty.RemoveEnded,
    };

    /// <summary>
    /// The same after a step, leaving out what the queue was told by the step before: a task without a key that leaves the
    /// running state left the queue when it started. Where the queue counts what runs of its token, that it runs no more is news.
    /// </summary>
    public static QueueDuty DecideQueueDutyAfter(TaskState before, TaskRecord record, DateTimeOffset now, bool isCounted)
    {
        var duty = DecideQueueDuty(record, now);
        if (duty == QueueDuty.Enqueue || before != TaskState.Running) return duty;
        if (isCounted && record.State != TaskState.Running) return record.State.IsEnd() ? duty : QueueDuty.RemovePaused;
        return record.Spec.ConcurrencyKey is null ? QueueDuty.None : duty;
    }

    /// <summary>
    /// The next moment at which a tick changes the record; past: one does now. Null for an end. Holds for as long as nothing else
    /// happens to the task.
    /// </summary>
    public static DateTimeOffset? GetNextDue(TaskRecord record, DateTimeOffset now, TaskOptions options)
    {
        var due = record switch
        {
            { State: TaskState.Running } => TaskClocks.GetGivenUpAt(record, now, options),
            { State: TaskState.Offered, OfferExpires: { } expires } when expires < TaskClocks.GetStartBy(record) => expires,
            { State: TaskState.AwaitingApproval, Approval: { } wait } => TaskClocks.GetWaitEnd(wait),
            { State: TaskState.Queued or TaskState.Offered } => TaskClocks.GetStartBy(record),
            _ => (DateTimeOffset?)null,
        };
        return record.WakeAt < due ? record.WakeAt : due;
    }

    /// <summary>
    /// When the sweep must look at the stored row. Leases are not stored, so of a running attempt this is a moment that counts without
    /// any heartbeat. When it has passed and nothing was to be done, a tick stores the next one: no row stays due.
    /// </summary>
    public static DateTimeOffset? GetWakeAt(TaskRecord record, DateTimeOffset now, TaskOptions options)
    {
        if (record.State.IsEnd()) return null;
        if (record.Approval is { } wait) return TaskClocks.GetWaitEnd(wait);
        if (record.State != TaskState.Running) return TaskClocks.GetStartBy(record);
        var givenUp = TaskClocks.GetGivenUpAt(record, now, options);
        // A worker without heartbeats has a lease that can be computed; whom a cancel doesn't reach is not waited for until the deadline.
        if (record.Epoch == 0 || record.CancelRequested) return givenUp;
        var overruled = TaskClocks.GetLatestKillBy(record, options) + options.ReportGrace;
        // Another attempt must not wait for the deadline when PC and silo die together. From then on there is a reminder that looks.
        var recheck = record.StartedAt + options.ReminderAfter;
        if (RetryPolicy.HasAttemptsLeft(record) && recheck > now && recheck < overruled) return recheck;
        return overruled > now ? overruled : givenUp;
    }

    /// <summary>
    /// When the activation itself must look, to be more precise than the sweep. Null for the usual short task: no timer
    /// is made for what ends within a moment.
    /// </summary>
    public static DateTimeOffset? GetTimerAt(TaskRecord record, DateTimeOffset now, TaskOptions options)
    {
        if (record.State.IsEnd()) return null;
        if (record.Approval is { } wait)
            return TaskClocks.GetWaitEnd(wait) is var over && over - now <= options.ReminderAfter ? over : null;
        if (record.State != TaskState.Running)
        {
            if (record.State == TaskState.Queued && record.NotBefore > now) return record.NotBefore;
            return record.Spec.StartWithin <= options.ReminderAfter ? TaskClocks.GetStartBy(record) : null;
        }
        var isShort = record.Spec.Timeout + record.Spec.KillGrace <= options.ReminderAfter;
        if (isShort && record.Spec.MaxAttempts == 1 && !record.CancelRequested) return null;
        var next = TaskClocks.GetGivenUpAt(record, now, options);
        var reminder = record.StartedAt!.Value + options.ReminderAfter;
        return reminder > now && reminder < next ? reminder : next;
    }

    /// <summary>True when it has run long enough to be worth a reminder of its own.</summary>
    public static bool NeedsReminder(TaskRecord record, DateTimeOffset now, TaskOptions options) =>
        record.State == TaskState.Running && now >= record.StartedAt + options.ReminderAfter;
}

/// <summary>The moments that follow from a record, semantics.md section 3. Pure: nobody's clock is read here.</summary>
internal static class TaskClocks
{
    /// <summary>When a waiting task ends if nobody starts it: after its submit, or after the pause before its next attempt.</summary>
    public static DateTimeOffset GetStartBy(TaskRecord record) =>
        record.Approval?.StartBy
            ?? (record.FailedAttempts == 0 ? record.CreatedAt : record.NotBefore ?? record.CreatedAt) + record.Spec.StartWithin;

    /// <summary>When a wait for approval is over: undecided by its own clock, approved by that of every start.</summary>
    public static DateTimeOffset GetWaitEnd(ApprovalWait wait) => wait.Approved ? wait.StartBy : wait.Until;

    /// <summary>When the attempt's process should be gone by the worker's own clock.</summary>
    public static DateTimeOffset GetKillBy(TaskRecord record) => GetStartedAt(record) + record.Spec.Timeout + record.Spec.KillGrace;

    /// <summary>The same of a program that began as late after the yes as it may.</summary>
    public static DateTimeOffset GetLatestKillBy(TaskRecord record, TaskOptions options) => GetKillBy(record) + options.StartLasts;

    /// <summary>From when on a heartbeat is told to end the attempt: its program has had its time, however late it began.</summary>
    public static DateTimeOffset GetTimeoutAt(TaskRecord record, TaskOptions options) =>
        GetStartedAt(record) + options.StartLasts + options.ReportGrace + record.Spec.Timeout;

    /// <summary>When the holder's lease runs out. A worker without heartbeats holds a long one from the start.</summary>
    public static DateTimeOffset GetLeaseEnd(TaskRecord record, TaskOptions options) => record.Epoch == 0
        ? GetKillBy(record) + options.SilentLeaseExtra
        : record.LeaseUntil ?? GetStartedAt(record) + options.Lease;

    /// <summary>When an attempt that ends with its lease is over by its worker's own clock.</summary>
    public static DateTimeOffset GetGoneAt(TaskRecord record, TaskOptions options) => GetLeaseEnd(record, options) + record.Spec.KillGrace;

    /// <summary>When an unheard holder is given up. A cancel makes that sooner, never later.</summary>
    public static DateTimeOffset GetLostAt(TaskRecord record, TaskOptions options)
    {
        var leaseEnd = GetLeaseEnd(record, options);
        var gone = GetGoneAt(record, options);
        if (RetryPolicy.IsBelowMaxAttempts(record)) return gone;
        var lost = leaseEnd + options.LostAfter;
        var deadline = GetKillBy(record);
        if (lost < deadline) lost = deadline;
        return record.CancelRequested && gone < lost ? gone : lost;
    }

    /// <summary>When a holder that is heard of but never reports is overruled; null when there is no proof of its life.</summary>
    public static DateTimeOffset? GetOverruledAt(TaskRecord record, TaskOptions options)
    {
        if (record.Epoch == 0 || record.HeardSince is not { } heard) return null;
        var gone = GetLatestKillBy(record, options);
        return (heard > gone ? heard : gone) + options.ReportGrace;
    }

    /// <summary>
    /// When a running attempt is given up or overruled if nothing is heard of it from now on. Past the end of its lease a holder is
    /// overruled no more: only its loss is still to come.
    /// </summary>
    public static DateTimeOffset GetGivenUpAt(TaskRecord record, DateTimeOffset now, TaskOptions options)
    {
        var leaseEnd = GetLeaseEnd(record, options);
        return now < leaseEnd && GetOverruledAt(record, options) is { } overruled && overruled < leaseEnd
            ? overruled
            : GetLostAt(record, options);
    }

    /// <summary>True when the holder's lease has run out and the task still runs.</summary>
    public static bool IsUnreachable(TaskRecord record, DateTimeOffset now, TaskOptions options) =>
        record.State == TaskState.Running && now >= GetLeaseEnd(record, options);

    private static DateTimeOffset GetStartedAt(TaskRecord record) => record.StartedAt ?? record.CreatedAt;
}
