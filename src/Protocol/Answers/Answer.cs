using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Answers;

/// <summary>
/// What came of a request: a value, the problem the server named, or an answer that is not provably the server's, from which nothing
/// follows.
/// </summary>
public readonly record struct Answer<T>(T? Value, Problem? Problem, ForeignAnswer? Foreign = null)
{
    /// <summary>True when the server took the request.</summary>
    public bool IsOk => Problem is null && Foreign is null;

    /// <summary>How long the server wants the caller to wait before it asks again; null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why it was not taken, a sentence; null when it was.</summary>
    public string? Why => Foreign?.Why ?? Problem?.Error;
}

/// <summary>
/// An answer that is not provably the server's to this request: a proxy's page, an empty or cut body, the answer to something else. The
/// request may have been taken or not, and may be repeated.
/// </summary>
/// <param name="Status">HTTP status; a hint at most.</param>
/// <param name="Why">A sentence about what is missing; never holds a body.</param>
public sealed record ForeignAnswer(int Status, string Why)
{
    /// <summary>It is what a server of an older session protocol would have said.</summary>
    public bool FitsOlderServer { get; init; }
}
