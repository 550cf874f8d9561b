using OpenClaw.Protocol.Problems;

namespace OpenClaw.Worker.Transport;

/// <summary>What came of a call: a value, a problem the server named, or no answer at all.</summary>
internal readonly record struct Reply<T>(T? Value, Problem? Problem, string? NoAnswer)
{
    /// <summary>The server took it.</summary>
    public bool IsOk => Problem is null && NoAnswer is null;

    /// <summary>The same call may be taken later.</summary>
    public bool MayRetry => NoAnswer is not null || (Problem is { } problem && Retryable.Is(problem.Status));

    /// <summary>The session is not the live one any more.</summary>
    public bool SessionLost => Problem?.Type == ProblemTypes.SessionSuperseded;

    /// <summary>Why not, for the log; never holds a body or a token.</summary>
    public string Why => NoAnswer ?? Problem?.Error ?? "ok";

    /// <summary>True for a problem of this type.</summary>
    public bool Is(string type) => Problem?.Type == type;
}
