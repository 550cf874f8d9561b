namespace OpenClaw.Storage.Retention;

/// <summary>The audited events that changed no task, as far as their age goes.</summary>
internal interface IAuditNotes
{
    /// <summary>Deletes the oldest notes before a time, up to a number; how many.</summary>
    ValueTask<int> DeleteNotes(DateTimeOffset before, int limit, CancellationToken cancellation);

    /// <summary>
    /// Deletes the oldest links of audit chains before a time, up to a number of each chain; how many. Each chain says then where it
    /// begins.
    /// </summary>
    ValueTask<int> DeleteLinks(DateTimeOffset before, int limit, CancellationToken cancellation);
}
