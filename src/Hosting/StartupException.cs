namespace OpenClaw.Hosting;

/// <summary>The process can't start, or go on, for a reason that a person can mend; the message is all there is to say.</summary>
public sealed class StartupException(int exitCode, string message) : Exception(message)
{
    /// <summary>Wrong options or environment.</summary>
    public const int Usage = 2;

    /// <summary>The data folder or the database can't be used.</summary>
    public const int Store = 3;

    /// <summary>The address can't be listened on.</summary>
    public const int Address = 4;

    /// <summary>The local worker ended before it was connected.</summary>
    public const int Worker = 5;

    /// <summary>Exit code: no silo answered.</summary>
    public const int Cluster = 6;

    /// <summary>It had started, and its clock was another than that of the cluster.</summary>
    public const int Clock = 7;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
