namespace OpenClaw.Protocol.Audit;

/// <summary>The columns of an audit row that its digest is of.</summary>
public readonly record struct AuditContent(
    Guid Task, long Version, DateTimeOffset At, int State, int Attempt, string What, string? Reason, string? Worker, string TokenId,
    string? Address)
{
    /// <summary>What was asked for and what came of it; null: a row of the first format, which says nothing of that.</summary>
    public AuditProof? Proof { get; init; }
}

/// <summary>What a row proves of the task itself.</summary>
/// <param name="Payload"><see cref="AuditDigest.ComputePayload"/> of what was accepted; null: the row is of a later step.</param>
/// <param name="ExitCode">Exit code that the worker reported; null: none.</param>
/// <param name="Outcome"><see cref="AuditDigest.ComputeOutcome"/> of its report; null: the step was none.</param>
public readonly record struct AuditProof(byte[]? Payload, int? ExitCode, byte[]? Outcome);

/// <summary>A worker's report of an attempt, as its digest is of it.</summary>
/// <param name="Kind">Number of the outcome, as it is stored: 1 succeeded, 2 failed, 3 timed out, 4 cancelled, 5 rejected, 6 lost.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="ExitCode">Exit code; null: none.</param>
/// <param name="Signal">Signal that ended it.</param>
/// <param name="Error">A sentence when it did not succeed.</param>
/// <param name="Reason">A word for programs.</param>
public readonly record struct AuditOutcome(int Kind, int Attempt, int? ExitCode, string? Signal, string? Error, string? Reason)
{
    /// <summary>Run time; null: not measured.</summary>
    public TimeSpan? Duration { get; init; }
    /// <summary>Bytes of stdout in all.</summary>
    public long StdoutBytes { get; init; }
    /// <summary>Bytes of stderr in all.</summary>
    public long StderrBytes { get; init; }
    /// <summary>SHA-256 of all of stdout, hex.</summary>
    public string? StdoutSha256 { get; init; }
    /// <summary>SHA-256 of all of stderr, hex.</summary>
    public string? StderrSha256 { get; init; }
    /// <summary>What the executor says beside it, JSON.</summary>
    public byte[]? Metadata { get; init; }
}

/// <summary>The columns of a note that its digest is of.</summary>
public readonly record struct NoteContent(
    DateTimeOffset At, string What, string TokenId, string? Address, Guid? Task, string? Detail);
