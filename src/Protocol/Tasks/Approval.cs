using OpenClaw.Protocol.Signing;

namespace OpenClaw.Protocol.Tasks;

/// <summary>The body of POST /tasks/{id}/approval.</summary>
public sealed record DecideApproval
{
    /// <summary><c>approve</c> or <c>reject</c>.</summary>
    public required string Decision { get; init; }
    /// <summary>The digest that was looked at: when something else waits by now, nothing is decided.</summary>
    public required string Digest { get; init; }
    /// <summary>
    /// The same decision, signed for this attempt: without it a PC that requires signatures takes no yes from elsewhere. Kept and handed on
    /// unopened.
    /// </summary>
    public SignedApproval? Signed { get; init; }
}

/// <summary>What a task waits for in the state <c>awaiting_approval</c>.</summary>
public sealed record ApprovalView
{
    /// <summary>The rule of the owner of the PC.</summary>
    public required string Rule { get; init; }
    /// <summary>SHA-256 of what would run, as the worker reckons it.</summary>
    public required string Digest { get; init; }
    /// <summary>A sentence of the worker's.</summary>
    public string? Summary { get; init; }
    /// <summary>
    /// What a yes is to besides the payload, a line for each file with its SHA-256; empty: no file. Missing: the PC did not say, and only
    /// there it can be seen.
    /// </summary>
    public string[]? Bound { get; init; }
    /// <summary>Why these files do not say all that would run. Missing beside <see cref="Bound"/>: they do.</summary>
    public string? Open { get; init; }
    /// <summary>The attempt that would start.</summary>
    public required int Attempt { get; init; }
    /// <summary>Since when, ms since 1970.</summary>
    public required long Since { get; init; }
    /// <summary>Time left, ms.</summary>
    public required long ExpiresIn { get; init; }
    /// <summary>May be approved here; false: only at the PC.</summary>
    public bool Remote { get; init; }
    /// <summary>A yes from here counts signed alone.</summary>
    public bool SignedOnly { get; init; }
    /// <summary>It was approved, and its worker has not started it yet.</summary>
    public bool Approved { get; init; }
}
