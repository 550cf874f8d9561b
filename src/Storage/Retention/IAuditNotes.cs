namespace OpenClaw.Storage.Retention;

/// <summary>What the audit keeps beside the tasks that there are, as far as its age goes.</summary>
internal interface IAuditNotes
{
    /// <summary>Deletes the oldest notes before a time, up to a number; how many.</summary>
    ValueTask<int> DeleteNotes(DateTimeOffset before, int limit, CancellationToken cancellation);

    /// <summary>
    /// Deletes the audit rows of tasks that are gone and ended before a time, up to a number of tasks; of how many.
    /// </summary>
    ValueTask<int> DeleteTrails(DateTimeOffset before, int limit, CancellationToken cancellation);

    /// <summary>
    /// Deletes the oldest links of audit chains before a time, up to a number of each chain; how many. Each chain says then where it
    /// begins.
    /// </summary>
    ValueTask<int> DeleteLinks(DateTimeOffset before, int limit, CancellationToken cancellation);
}
