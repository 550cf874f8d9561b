
namespace OpenClaw.Worker.Control;

/// <summary>
/// Arguments of <c>approve</c>. <paramref name="Id"/>: the beginning of an attempt's id; <paramref name="Digest"/>: what the person
/// looked at. <paramref name="ForSeconds"/>: the same rule and kind are allowed for so long; without <paramref name="Yes"/>: what else that
/// would let run now is listed, and nothing is decided.
/// </summary>
internal sealed record ApproveArguments(
    string? Id = null, bool? Yes = null, string? Digest = null, long? ForSeconds = null, bool Rules = false, string? Revoke = null);

/// <summary>
/// An attempt that waits for the owner. <paramref name="What"/>: what would run, escaped; <paramref name="LeftMs"/> null: not known.
/// </summary>
internal sealed record WaitingAttempt(
    string Attempt, string Kind, string Rule, string Why, string Digest, string What, long WaitedMs, long? LeftMs)
{
    /// <summary>Further rules that ask about it; null: none.</summary>
    public string[]? OtherRules { get; init; }
    /// <summary>The files that a yes is bound to, a line each; null: none.</summary>
    public string[]? Bound { get; init; }
    /// <summary>Why a yes does not say what will run; null: the payload and these files say it.</summary>
    public string? Unbound { get; init; }
    /// <summary>It has its yes and starts then; null: it has none.</summary>
    public string? Starts { get; init; }
}

/// <summary>A yes for a while, or one that was just taken back.</summary>
internal sealed record TemporaryApprovalView(string Rule, string Kind, DateTimeOffset Until);

/// <summary>An attempt that was decided. <paramref name="Starts"/>: when it starts, with a yes that can't be followed at once.</summary>
internal sealed record DecidedAttempt(string Attempt, bool MayRun, string? Starts = null);
