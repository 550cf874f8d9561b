namespace OpenClaw.Worker.Processes.Supervision.Logs;

/// <summary>
/// One file for each program of an attempt (<c>run-0</c>, <c>run-1</c>): what was offered, what it printed, how it ended. The daemon begins
/// it, the supervisor writes on, any daemon reads it from the first byte.
/// </summary>
internal static class RunLog
{
    public const uint Kind = 0x524c434f; // OCLR
    public const uint Version = 1;

    public const byte Offer = 1;
    /// <summary>Pid and start time of the program, 4 and 8 bytes.</summary>
    public const byte Program = 2;
    /// <summary>ms since 1970 (8 bytes), then what was printed.</summary>
    public const byte Stdout = 3;
    public const byte Stderr = 4;
    /// <summary>Bytes of stdout and stderr (8 each) that were printed here and not kept.</summary>
    public const byte Gap = 5;
    public const byte End = 6;
    /// <summary>
    /// ms since 1970 when the attempt began (8 bytes). A log from before this record has none; a reader from before it skips it.
    /// </summary>
    public const byte Began = 7;
    /// <summary>
    /// The same on the clock that nobody sets and that stands still while the PC sleeps: ms since the PC was started (8 bytes), then which
    /// start that was. Only where the system names its starts.
    /// </summary>
    public const byte BeganUptime = 8;

    public const int TimeSize = 8;

    /// <summary>Bytes that one record of output has at most.</summary>
    public const int LargestPiece = 64 * 1024;
}
