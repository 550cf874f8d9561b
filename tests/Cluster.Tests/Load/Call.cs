namespace OpenClaw.Cluster.Tests.Load;

/// <summary>How a call ended. All but the first three leave its outcome unknown to the caller.</summary>
internal enum CallOutcome
{
    None = 0,
    Ok,
    /// <summary>4xx: an answer, and no.</summary>
    Refused,
    /// <summary>On a gateway that was killed on purpose.</summary>
    Doomed,
    /// <summary>503: the same call may succeed later.</summary>
    Unavailable,
    /// <summary>Any other 5xx: a defect.</summary>
    Failed,
    /// <summary>No answer: refused, reset, or too late.</summary>
    Broken,
}

/// <summary>One HTTP call. <see cref="Added"/> is what it took beyond the wait it asked for, ms.</summary>
internal sealed record Call(string What, string About, string Gateway, long Begin, long End, long Added, CallOutcome Outcome, int Status)
{
    public bool ByWorker => What is "poll" or "start" or "result" or "heartbeat" or "session";

    public override string ToString() =>
        $"{DateTimeOffset.FromUnixTimeMilliseconds(Begin):HH:mm:ss.fff} {What} {About} on {Gateway}: {Outcome} {Status}, {Added} ms";
}
