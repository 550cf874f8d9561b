using OpenClaw.Protocol.Attempts;

namespace OpenClaw.GrainInterfaces.Tasks;

/// <summary>How a worker says an attempt ended.</summary>
[GenerateSerializer, Alias("OutcomeKind")]
public enum OutcomeKind
{
    /// <summary>Invalid.</summary>
    None = 0,
    /// <summary>Exit code 0.</summary>
    Succeeded = 1,
    /// <summary>Exit code not 0, a signal, or it could not start.</summary>
    Failed = 2,
    /// <summary>Ended by the worker at the timeout or the silence limit.</summary>
    TimedOut = 3,
    /// <summary>Ended because a cancel was asked for.</summary>
    Cancelled = 4,
    /// <summary>The worker's own rules refused it; nothing ran.</summary>
    Rejected = 5,
    /// <summary>The worker itself does not know (it restarted while the attempt ran).</summary>
    Lost = 6,
}

/// <summary>A worker's report of one attempt, without the output itself.</summary>
[GenerateSerializer, Immutable, Alias("AttemptOutcome")]
public sealed record AttemptOutcome
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required OutcomeKind Kind { get; init; }
    /// <summary>Attempt this is about.</summary>
    [Id(1)] public int Attempt { get; init; }
    /// <summary>Exit code as the worker gave it; null when there was no process or a signal ended it.</summary>
    [Id(2)] public int? ExitCode { get; init; }
    /// <summary>Name of the signal that ended it, <c>SIGKILL</c>.</summary>
    [Id(3)] public string? Signal { get; init; }
    /// <summary>A sentence for people when it did not succeed.</summary>
    [Id(4)] public string? Error { get; init; }
    /// <summary>A word for programs.</summary>
    [Id(5)] public string? Reason { get; init; }
    /// <summary>Run time measured by the worker.</summary>
    [Id(6)] public TimeSpan? Duration { get; init; }
    /// <summary>Bytes written to stdout in all, kept or not.</summary>
    [Id(7)] public long StdoutBytes { get; init; }
    /// <summary>Bytes written to stderr in all, kept or not.</summary>
    [Id(8)] public long StderrBytes { get; init; }
    /// <summary>SHA-256 (hex) over all of stdout, when the worker gave one.</summary>
    [Id(9)] public string? StdoutSha256 { get; init; }
    /// <summary>SHA-256 (hex) over all of stderr, when the worker gave one.</summary>
    [Id(10)] public string? StderrSha256 { get; init; }
    /// <summary>JSON object of the executor's own (session id, cost, peak memory); passed through unread.</summary>
    [Id(11)] public byte[]? Metadata { get; init; }

    /// <summary>True when two reports say the same end (a repeat), whatever their wording.</summary>
    public bool IsSameEnd(AttemptOutcome other) =>
        Kind == other.Kind && Attempt == other.Attempt && ExitCode == other.ExitCode && Signal == other.Signal
        && StdoutBytes == other.StdoutBytes && StderrBytes == other.StderrBytes
        && StdoutSha256 == other.StdoutSha256 && StderrSha256 == other.StderrSha256;
}

/// <summary>The words of an <see cref="OutcomeKind"/>, both ways.</summary>
public static class OutcomeKinds
{
    private static readonly (OutcomeKind Kind, string Word)[] Words =
    [
        (OutcomeKind.Succeeded, Outcomes.Succeeded),
        (OutcomeKind.Failed, Outcomes.Failed),
        (OutcomeKind.TimedOut, Outcomes.TimedOut),
        (OutcomeKind.Cancelled, Outcomes.Cancelled),
        (OutcomeKind.Rejected, Outcomes.Rejected),
        (OutcomeKind.Lost, Outcomes.Lost),
    ];

    /// <summary>The word on the wire. Throws for <see cref="OutcomeKind.None"/>, which no attempt ends with.</summary>
    public static string WireName(this OutcomeKind kind) => Array.Find(Words, word => word.Kind == kind).Word
        ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an outcome");

    /// <summary>The kind of a word; <see cref="OutcomeKind.None"/> when it is none.</summary>
    public static OutcomeKind Parse(string word) => Array.Find(Words, pair => pair.Word == word).Kind;
}
