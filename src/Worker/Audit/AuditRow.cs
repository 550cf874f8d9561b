using System.Text.Json.Serialization;
using OpenClaw.Protocol.Audit;

namespace OpenClaw.Worker.Audit;

/// <summary>
/// One thing that happened on this PC, for its owner. Ids, kinds, digests and outcomes; never a payload, a name of a variable, or a secret.
/// </summary>
internal sealed record AuditRow
{
    /// <summary>Counts from 1, without gaps.</summary>
    public required long Seq { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>judged, signature, approval, start, end, pause, resume, rule, revoke, refused, gap, server.</summary>
    public required string What { get; init; }
    public string? Attempt { get; init; }
    public string? Kind { get; init; }
    public string? Digest { get; init; }
    public string? Rule { get; init; }
    /// <summary>allowed, rejected, asked, approved, succeeded, failed, ...</summary>
    public string? Outcome { get; init; }
    public string? Reason { get; init; }
    /// <summary><c>high</c>: somebody should look at it, such as a task that is not what its client signed.</summary>
    public string? Level { get; init; }
    /// <summary>owner, gateway, policy; of what was refused: who asked.</summary>
    public string? By { get; init; }
    public int? ExitCode { get; init; }
    public string? Signal { get; init; }
    public long? DurationMs { get; init; }
    /// <summary>Rows that are missing here (a gap: cut off, or the machine lost power before they were on the disk).</summary>
    public long? Lost { get; init; }
    /// <summary>Of a gap: number and hash of the row that a server had heard of and that is not here.</summary>
    public string? Heard { get; init; }
    /// <summary>Of a server's audit: the id of the server's tasks.</summary>
    public string? Server { get; init; }
    /// <summary>Of a server's audit: where those of its chains ended that had grown since the row before.</summary>
    public AuditChainHead[]? Heads { get; init; }
    /// <summary>SHA-256 (hex) of the line before, in whichever file it is; of the first: zeros.</summary>
    public required string Prev { get; init; }
}

/// <summary>Rows as lines of JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditRow)), JsonSerializable(typeof(Verification)), JsonSerializable(typeof(ReportedHead))]
internal sealed partial class AuditJson : JsonSerializerContext;
