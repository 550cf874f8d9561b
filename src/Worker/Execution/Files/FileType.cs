namespace OpenClaw.Worker.Execution.Files;

/// <summary>What stands at a path.</summary>
internal enum FileType
{
    /// <summary>Nothing.</summary>
    Missing = 0,
    Regular = 1,
    Directory = 2,
    Fifo = 3,
    Device = 4,
    Socket = 5,
    Other = 6,
}

/// <summary>Type, owner, mode, size and time of change of what stands at a path.</summary>
internal readonly record struct FileStatus(
    FileType Type, uint Uid, uint Gid, UnixFileMode Mode = default, long Size = 0, DateTime Changed = default, bool IsLink = false)
{
    /// <summary>Another one when the file was changed, as far as size and time tell.</summary>
    public string Version => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Size:x}-{Changed.Ticks:x}");
}
