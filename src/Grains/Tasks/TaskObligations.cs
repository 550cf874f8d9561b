using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

/// <summary>What the queue of a task's pool is to be told.</summary>
internal enum QueueDuty
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>It may be started now.</summary>
    Enqueue = 1,
    /// <summary>It is not in the backlog, and holds its concurrency key.</summary>
    RemoveHolding = 2,
    /// <summary>It is not in the backlog and its key is free.</summary>
    RemoveEnded = 3,
}

/// <summary>A state implies obligations: what the world must look like for a record. Pure.</summary>
internal static class TaskObligations
{
    /// <summary>What the queue must believe of this task.</summary>
    public static QueueDuty Queue(TaskRecord record, DateTimeOffset now) => record.State switch
    {
        TaskState.Queued => record.NotBefore > now ? QueueDuty.RemoveHolding : QueueDuty.Enqueue,
        TaskState.Offered => QueueDuty.None,
        TaskState.Running or TaskState.AwaitingApproval => QueueDuty.RemoveHolding,
        _ => QueueDuty.RemoveEnded,
    };

    /// <summary>
    /// The same after a step, leaving out what the queue was told by the step before: a task without a key that leaves the
    /// running state left the queue when it started.
    /// </summary>
    public static QueueDuty QueueAfter(TaskState before, TaskRecord record, DateTimeOffset now)
    {
        var duty = Queue(record, now);
        return duty != QueueDuty.Enqueue && before == TaskState.Running && record.Spec.ConcurrencyKey is null ? QueueDuty.None : duty;
    }

    /// <summary>
    /// When the sweep must look at the stored row. Leases are not stored, so this is the earliest moment that counts without any
    /// heartbeat; with maxAttempts over 1 that is soon, because another attempt must not wait for the deadline.
    /// </summary>
    public static DateTimeOffset? WakeAt(TaskRecord record, TaskOptions options)
    {
        if (record.State.IsEnd()) return null;
        if (record.Approval is { } wait) return TaskClocks.WaitEnds(wait);
        if (record.State != TaskState.Running) return TaskClocks.StartBy(record);
        if (record.Epoch == 0) return TaskClocks.LostAt(record, options);
        var overruled = TaskClocks.Deadline(record) + options.ReportGrace;
        if (!RetryPolicy.AllowsAnother(record)) return overruled;
        var recheck = record.StartedAt + options.ReminderAfter;
        return recheck < overruled ? recheck : overruled;
    }

    /// <summary>
    /// When the activation itself must look, to be more precise than the sweep. Null for the usual short task: no timer
    /// is made for what ends within a moment.
    /// </summary>
    public static DateTimeOffset? TimerAt(TaskRecord record, DateTimeOffset now, TaskOptions options)
    {
        if (record.State.IsEnd()) return null;
        if (record.Approval is { } wait)
            return TaskClocks.WaitEnds(wait) is var over && over - now <= options.ReminderAfter ? over : null;
        if (record.State != TaskState.Running)
        {
            if (record.NotBefore > now) return record.NotBefore;
            return record.Spec.StartWithin <= options.ReminderAfter ? TaskClocks.StartBy(record) : null;
        }
        if (record.Spec.Timeout + record.Spec.KillGrace <= options.ReminderAfter && record.Spec.MaxAttempts == 1) return null;
        var next = TaskClocks.LostAt(record, options);
        if (TaskClocks.TimedOutAt(record, options) is { } overruled && overruled < next) next = overruled;
        var reminder = record.StartedAt!.Value + options.ReminderAfter;
        return reminder > now && reminder < next ? reminder : next;
    }

    /// <summary>True when it has run long enough to be worth a reminder of its own.</summary>
    public static bool WantsReminder(TaskRecord record, DateTimeOffset now, TaskOptions options) =>
        record.State == TaskState.Running && now >= record.StartedAt + options.ReminderAfter;
}
