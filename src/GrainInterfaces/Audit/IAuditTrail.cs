using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.GrainInterfaces.Audit;

/// <summary>One transition of a task, written in the same statement as the transition.</summary>
public sealed record AuditEntry
{
    /// <summary>The task.</summary>
    public required Guid Task { get; init; }
    /// <summary>Version the transition made.</summary>
    public required long Version { get; init; }
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
    /// <summary>What happened: the trigger's name.</summary>
    public required string Trigger { get; init; }
    /// <summary>State after it.</summary>
    public required TaskState State { get; init; }
    /// <summary>Attempt it was about; 0: none.</summary>
    public int Attempt { get; init; }
    /// <summary>Reason, a word.</summary>
    public string? Reason { get; init; }
    /// <summary>Worker it was about.</summary>
    public string? Worker { get; init; }
    /// <summary>Id of the token that caused it; <c>system</c> for OpenClaw itself.</summary>
    public required string TokenId { get; init; }
    /// <summary>Address it came from.</summary>
    public string? Address { get; init; }
    /// <summary>What its digest is of, <see cref="AuditDigest"/>.</summary>
    public int Format { get; init; } = AuditDigest.FirstFormat;
    /// <summary>Digest of kind and payload, hex, of the row of the submit; null: none.</summary>
    public string? PayloadDigest { get; init; }
    /// <summary>Exit code that the worker reported with this step.</summary>
    public int? ExitCode { get; init; }
    /// <summary>Digest of what the worker reported with this step, hex; null: it reported nothing.</summary>
    public string? OutcomeDigest { get; init; }
}

/// <summary>Reads the audit rows of tasks.</summary>
public interface IAuditTrail
{
    /// <summary>Transitions of a task with a version above <paramref name="afterVersion"/>, in order.</summary>
    ValueTask<IReadOnlyList<AuditEntry>> ReadEntries(Guid task, long afterVersion, CancellationToken cancellation);

    /// <summary>
    /// An event that is no transition but must be seen (a stale attempt, a refused credential, another tenant's task). Best effort
    /// in time, durable in the end; never holds up the caller. Of one sender who causes very many the first of each minute are kept, and
    /// how many more there were.
    /// </summary>
    void AddNote(AuditNote note);
}

/// <summary>An audited event that changed no task.</summary>
public sealed record AuditNote(DateTimeOffset At, string What, string TokenId, string? Address, Guid? Task, string? Detail)
{
    /// <summary>In the place of a token's id: the sender showed no good one.</summary>
    public const string Stranger = "unknown";

    /// <summary>Where the audit log of a PC ended, as its worker said. By <c>worker/TENANT/NAME</c>; the detail is row and hash.</summary>
    public const string WorkerLog = AuditNoteView.WorkerLog;
}
