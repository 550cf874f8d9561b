using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

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
