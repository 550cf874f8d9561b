using OpenClaw.Protocol.Audit;

namespace OpenClaw.GrainInterfaces.Audit;

/// <summary>A chain, and when something was added to it last.</summary>
public sealed record AuditChain(AuditChainView View, DateTimeOffset At);

/// <summary>A link as it is stored.</summary>
public sealed record AuditLink(long Link, AuditLinkKind Kind, byte[] Hash, byte[] Entries);

/// <summary>A row, the number and the tenant of its task.</summary>
public sealed record ChainedRow(long Number, string Tenant, int StoredState, AuditEntry Entry)
{
    /// <summary>Digest of the payload as it is stored now, hex, of a row that has one; null: it is not kept any more.</summary>
    public string? StoredPayload { get; init; }
    /// <summary>The same of the worker's report; null: another attempt's has taken its place.</summary>
    public string? StoredOutcome { get; init; }
}

/// <summary>A note, and its number: a later one has a higher number.</summary>
public sealed record NumberedNote(long Number, AuditNote Note)
{
    /// <summary>As it is shown and exported.</summary>
    public AuditNoteView ToView() => new()
    {
        Number = Number,
        At = Note.At,
        What = Note.What,
        TokenId = Note.TokenId,
        Address = Note.Address,
        Task = Note.Task,
        Detail = Note.Detail,
    };
}

/// <summary>
/// The hash chains over the audit rows of tasks and the notes. Each writing connection of each process has one of its own, so that none
/// waits for another.
/// </summary>
public interface IAuditChains
{
    /// <summary>All chains, in order of their names.</summary>
    ValueTask<IReadOnlyList<AuditChain>> ReadChains(CancellationToken cancellation);

    /// <summary>Links of a chain behind a number, in order, up to so many.</summary>
    ValueTask<IReadOnlyList<AuditLink>> ReadLinks(string chain, long after, int limit, CancellationToken cancellation);

    /// <summary>The audit rows that are there of tasks, by the tasks' numbers.</summary>
    ValueTask<IReadOnlyList<ChainedRow>> ReadRows(IReadOnlyList<long> numbers, CancellationToken cancellation);

    /// <summary>Notes with a lower number, the newest first, up to so many.</summary>
    ValueTask<IReadOnlyList<NumberedNote>> ReadNotes(long before, int limit, CancellationToken cancellation);

    /// <summary>The notes with these numbers that are there.</summary>
    ValueTask<IReadOnlyList<NumberedNote>> ReadNotes(IReadOnlyList<long> numbers, CancellationToken cancellation);
}
