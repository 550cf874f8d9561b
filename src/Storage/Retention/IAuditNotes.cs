namespace OpenClaw.Storage.Retention;

/// <summary>The audited events that changed no task, as far as their age goes.</summary>
internal interface IAuditNotes
{
    /// <summary>Deletes the oldest notes before a time, up to a number; how many.</summary>
    ValueTask<int> DeleteNotes(DateTimeOffset before, int limit, CancellationToken cancellation);
}
