namespace OpenClaw.Protocol.Audit;

/// <summary>A chain: where what is kept of it begins, and where it ends.</summary>
/// <param name="Chain">Its name. Each writing connection of each silo process has a chain.</param>
/// <param name="Start">The last link that is no longer kept; 0: all are.</param>
/// <param name="StartHash">The hash of that one, in hex.</param>
/// <param name="Link">The last link.</param>
/// <param name="Hash">The hash of that one, in hex.</param>
public sealed record AuditChainView(string Chain, long Start, string StartHash, long Link, string Hash);

/// <summary>All chains of a server.</summary>
public sealed record AuditChainList(AuditChainView[] Chains)
{
    /// <summary>When they were read, by the server's clock; null: an older server did not say.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A row of an export.</summary>
public sealed record AuditRowView
{
    /// <summary>The task.</summary>
    public required Guid Task { get; init; }
    /// <summary>Version of the task that it made.</summary>
    public required long Version { get; init; }
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
    /// <summary>What happened.</summary>
    public required string What { get; init; }
    /// <summary>The number of the state after it, as it is stored.</summary>
    public required int State { get; init; }
    /// <summary>Attempt it was about; 0: none.</summary>
    public int Attempt { get; init; }
    /// <summary>Reason, a word.</summary>
    public string? Reason { get; init; }
    /// <summary>Worker it was about.</summary>
    public string? Worker { get; init; }
    /// <summary>Id of the token that caused it.</summary>
    public required string TokenId { get; init; }
    /// <summary>Address it came from.</summary>
    public string? Address { get; init; }
    /// <summary>What its digest is of: 2, or missing for 1, which has none of the following.</summary>
    public int? Format { get; init; }
    /// <summary>SHA-256 of the kind, a line feed and the payload as it was accepted, hex; of the row of the submit alone.</summary>
    public string? PayloadDigest { get; init; }
    /// <summary>Exit code that the worker reported.</summary>
    public int? ExitCode { get; init; }
    /// <summary>Digest of the worker's report, hex, with the digests of all that was printed; of the row of a result alone.</summary>
    public string? OutcomeDigest { get; init; }
    /// <summary>Digest of the payload as it is stored now; missing: it is not kept any more.</summary>
    public string? StoredPayload { get; init; }
    /// <summary>Digest of the report as it is stored now; missing: another attempt's has taken its place.</summary>
    public string? StoredOutcome { get; init; }
}

/// <summary>An entry of a link.</summary>
public sealed record AuditEntryView
{
    /// <summary>The task's number in its database; below zero: that of a note.</summary>
    public required long Number { get; init; }
    /// <summary>Version of the task, of a note its time in ticks; null: all rows of the task were removed.</summary>
    public long? Version { get; init; }
    /// <summary>The digest of the row or the note, in hex.</summary>
    public string? Digest { get; init; }
    /// <summary>The row as it is now; null: it is not there, or not this token's to see.</summary>
    public AuditRowView? Row { get; init; }
    /// <summary>The note as it is now; null: it is not there.</summary>
    public AuditNoteView? Note { get; init; }
    /// <summary>It is there, and another tenant's, or of a format that was not asked for.</summary>
    public bool? Withheld { get; init; }
}

/// <summary>A line of an export: what one commit wrote.</summary>
public sealed record AuditLinkView
{
    /// <summary>The chain.</summary>
    public required string Chain { get; init; }
    /// <summary>Number in the chain, from 1, without gaps.</summary>
    public required long Link { get; init; }
    /// <summary>What it is about: <c>written</c> or <c>removed</c>.</summary>
    public required string Kind { get; init; }
    /// <summary>Its hash, in hex.</summary>
    public required string Hash { get; init; }
    /// <summary>What it is about.</summary>
    public required AuditEntryView[] Entries { get; init; }
}

/// <summary>Links of a chain, in order.</summary>
/// <param name="Links">None: there are no more.</param>
public sealed record AuditPage(AuditLinkView[] Links)
{
    /// <summary>The newest format that the gateway knows; null: 1.</summary>
    public int? Format { get; init; }
}

/// <summary>An event that changed no task: a token made or revoked, a refusal, a worker's kinds that were allowed.</summary>
public sealed record AuditNoteView
{
    /// <summary><see cref="What"/> of a note of where a PC's own log ended: by <c>worker/TENANT/NAME</c>, <c>row N HASH</c>.</summary>
    public const string WorkerLog = "worker-log";

    /// <summary>A later one has a higher number.</summary>
    public required long Number { get; init; }
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
    /// <summary>What happened, a word.</summary>
    public required string What { get; init; }
    /// <summary>Id of the token that caused it; <c>unknown</c>: of nobody who was let in.</summary>
    public required string TokenId { get; init; }
    /// <summary>Address it came from.</summary>
    public string? Address { get; init; }
    /// <summary>The task that it was about.</summary>
    public Guid? Task { get; init; }
    /// <summary>More about it.</summary>
    public string? Detail { get; init; }
}

/// <summary>A page of notes, the newest first.</summary>
/// <param name="Notes">None, and no <paramref name="Next"/>: there are no more.</param>
/// <param name="Next">Where some were asked for by what they are: go on below this number. Missing: there are no more.</param>
public sealed record AuditNotePage(AuditNoteView[] Notes, long? Next = null);

/// <summary>Where a chain ends: its last link, and the hash of that one in hex.</summary>
public sealed record AuditChainHead(string Chain, long Link, string Hash);

/// <summary>Where a chain ended when somebody else heard of it.</summary>
public sealed record AuditWitness(string Chain, long Link, string Hash)
{
    /// <summary>Who had heard of it.</summary>
    public string By { get; init; } = "others";
    /// <summary>When, by their clock; null: they did not say.</summary>
    public DateTimeOffset? At { get; init; }
}
