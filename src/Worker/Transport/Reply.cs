using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Worker.Transport;

/// <summary>
/// What came of a call: a value, a problem the server named, or nothing that is provably the server's. A call without an answer may have
/// been taken or not; nothing is started, deleted or given up because of it.
/// </summary>
internal readonly record struct Reply<T>(T? Value, Problem? Problem, NoAnswer? NoAnswer)
{
    /// <summary>The server took it.</summary>
    public bool IsOk => Problem is null && NoAnswer is null;

    /// <summary>The same call may be taken later.</summary>
    public bool MayRetry => NoAnswer is not null || (Problem is { } problem && CallRetryRules.IsRetryable(problem.Status));

    /// <summary>The session is not the live one any more.</summary>
    public bool SessionLost => Problem?.Type == ProblemTypes.SessionSuperseded || CredentialEnded;

    /// <summary>The secret of the session of a worker that has a key is good no longer: it signs for another session.</summary>
    public bool CredentialEnded { get; init; }

    /// <summary>How long the server wants this worker to wait before it asks again; null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// It is what a server of an older protocol than the session's would have said: such a one names no session, and refuses fields that it
    /// does not know.
    /// </summary>
    public bool FitsOlderServer => NoAnswer?.Foreign?.FitsOlderServer == true || Problem is { Status: 400 };

    /// <summary>
    /// The body is larger than the server, or something on the way, lets through. Whoever says so is believed that far: a smaller one harms
    /// nothing.
    /// </summary>
    public bool IsTooLarge => Problem?.Type == ProblemTypes.TooLarge || NoAnswer?.Foreign?.Status == 413;

    /// <summary>Why not, for the log; never holds a body or a token.</summary>
    public string Why => NoAnswer?.Why ?? Problem?.Error ?? "ok";

    /// <summary>True for a problem of this type.</summary>
    public bool IsProblem(string type) => Problem?.Type == type;
}

/// <summary>There was none, or none of the server's.</summary>
/// <param name="Why">For the log.</param>
/// <param name="Foreign">What somebody else said; null when the exchange broke.</param>
/// <param name="InTime">False: the call was given up after its own time.</param>
internal sealed record NoAnswer(string Why, ForeignAnswer? Foreign = null, bool InTime = true)
{
    /// <summary>There was no connection to send the call by: the server knows nothing of it.</summary>
    public bool NeverSent { get; init; }
}
