using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

/// <summary>
/// Which answers may be given from an activation's memory. A second activation of the task (another cluster on the same database, a
/// silo that hung) may have committed something since; a commit of ours would find that out, an answer without one does not. Pure.
/// </summary>
internal static class MemoryRules
{
    /// <summary>True when the store has to be read before a step is answered that was taken on a record from memory.</summary>
    /// <param name="record">The record in memory; null: it was not there when it was read.</param>
    /// <param name="trigger">What was asked.</param>
    /// <param name="step">What the record in memory answers.</param>
    /// <param name="age">Time since the record was last known to be the stored one.</param>
    /// <param name="options">The server's clocks.</param>
    public static bool NeedsRead(TaskRecord? record, TaskTrigger trigger, TaskStep step, TimeSpan age, TaskOptions options)
    {
        // A commit compares the version: it proves what it was decided on.
        if (step.Durable) return false;
        if (record is null) return true;
        if (record.State.IsEnd()) return false;
        return trigger switch
        {
            // "End it" is obeyed at once: without a cancel it goes by when the run began, and a repeated start may have begun it anew.
            TaskTrigger.Heartbeat t => t.Attempt > record.Attempt || (step.Directive == Directive.Cancel && !record.CancelRequested),
            // A repeated yes is a permission to spawn: as grave as a no.
            TaskTrigger.Start t => step.Repeated || t.Attempt > record.Attempt,
            TaskTrigger.AskApproval t => !step.Repeated && t.Attempt > record.Attempt,
            TaskTrigger.Finish t => step.Rejection != Rejection.None && (t.Outcome.Attempt == 0 || t.Outcome.Attempt > record.Attempt),
            TaskTrigger.Offer => step.Rejection != Rejection.None,
            TaskTrigger.OfferAndStart or TaskTrigger.Undelivered or TaskTrigger.Decide or TaskTrigger.Cancel => true,
            TaskTrigger.HolderRestarted => true,
            // Nobody is told anything, but a record that is behind would never be woken: now and then.
            TaskTrigger.Tick => age >= options.StaleAfter,
            _ => false,
        };
    }

    /// <summary>
    /// True when a tick gives up or overrules an attempt by what was heard of it before this process stood still: its heartbeats went
    /// elsewhere, or are unread yet. The record has to be read anew, which assumes a fresh lease.
    /// </summary>
    /// <param name="record">The record in memory.</param>
    /// <param name="trigger">What was asked.</param>
    /// <param name="step">What the record in memory answers.</param>
    /// <param name="now">The time.</param>
    /// <param name="sincePause">Time since this process went on; null: it never stood still.</param>
    /// <param name="options">The server's clocks.</param>
    public static bool HasMissedHeartbeats(
        TaskRecord? record, TaskTrigger trigger, TaskStep step, DateTimeOffset now, TimeSpan? sincePause, TaskOptions options) =>
        trigger is TaskTrigger.Tick && record is { State: TaskState.Running, Epoch: > 0 } && step.Record!.State != TaskState.Running
        && TaskClocks.GetLeaseEnd(record, options) - options.Lease < now - sincePause;

    /// <summary>
    /// True when the store has to be read before a reader is shown the record in memory. What a record was known by before a change in the
    /// cluster, or within the time such a change takes, may be an activation's that is one of two.
    /// </summary>
    /// <param name="record">The record in memory; null: it was not there when it was read.</param>
    /// <param name="age">Time since the record was last known to be the stored one.</param>
    /// <param name="sinceChange">Time since another silo came or went; null: none did.</param>
    /// <param name="options">The server's clocks.</param>
    public static bool ReaderNeedsRead(TaskRecord? record, TimeSpan age, TimeSpan? sinceChange, TaskOptions options) =>
        record is null || (!record.State.IsEnd() && (age >= options.StaleAfter || age > sinceChange - options.StaleAfter));
}
