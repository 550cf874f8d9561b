namespace OpenClaw.Protocol.Attempts;

/// <summary>How an attempt may end, in the words of the wire. The states of a task that has ended have the same ones.</summary>
public static class Outcomes
{
    /// <summary>Exit code 0, or whatever its kind calls success.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Exit code not 0, a signal, or it could not be started.</summary>
    public const string Failed = "failed";

    /// <summary>The worker ended it at its timeout, or because it was silent for too long.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>Ended because a cancel was asked for.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The worker's own rules forbid it; nothing ran.</summary>
    public const string Rejected = "rejected";

    /// <summary>Nobody knows how it ended.</summary>
    public const string Lost = "lost";
}
