namespace OpenClaw.Standalone;

/// <summary>The process can't start for a reason that a person can mend; the message is all there is to say.</summary>
internal sealed class RefusedToStartException(int exitCode, string message) : Exception(message)
{
    /// <summary>Wrong options or environment.</summary>
    public const int Usage = 2;

    /// <summary>The data folder is in use, or is no folder of ours.</summary>
    public const int DataFolder = 3;

    /// <summary>The address can't be listened on.</summary>
    public const int Address = 4;

    /// <summary>The local worker ended before it was connected.</summary>
    public const int Worker = 5;

    public int ExitCode { get; } = exitCode;
}
