using System.Globalization;

namespace OpenClaw.Worker.FileSystems;

internal enum FileType
{
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
    FileType Type, uint Uid, uint Gid, UnixFileMode Mode = default, long Size = 0, FileTime Changed = default, bool IsLink = false)
{
    /// <summary>Which one it is; empty on Windows.</summary>
    public FileIdentity Identity { get; init; }
    /// <summary>How many names it has in its file system.</summary>
    public uint Links { get; init; }
    /// <summary>The mount it was reached through; 0 where the system does not say.</summary>
    public ulong Mount { get; init; }

    /// <summary>Another one when the file was changed, as far as size and time tell.</summary>
    public string Version => Changed.Utc is { } utc
        ? string.Create(CultureInfo.InvariantCulture, $"{Size:x}-{utc.Ticks:x}")
        : string.Create(CultureInfo.InvariantCulture, $"{Size:x}-s{Changed.Seconds}.{Changed.Nanoseconds}");
}

/// <summary>
/// A file or folder whatever it is called and wherever it is mounted. An inode's number may be given out again once it is free; the time of
/// birth (ns since 1970, 0 where the file system has none) tells the two apart.
/// </summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, long Born)
{
    /// <summary>
    /// True for the same, also when it was noted before the machine was started again: a device may have another number then.
    /// </summary>
    public bool IsSameAs(FileIdentity known) => Inode == known.Inode && Born == known.Born;
}

/// <summary>A time as a file system has it, which may be one that no <see cref="DateTime"/> can hold.</summary>
internal readonly record struct FileTime(long Seconds, uint Nanoseconds)
{
    private static readonly long First = (long)(DateTime.MinValue - DateTime.UnixEpoch).TotalSeconds;
    private static readonly long Last = (long)(DateTime.MaxValue - DateTime.UnixEpoch).TotalSeconds - 1;

    /// <summary>Null when it is out of the years 1 to 9999.</summary>
    public DateTime? Utc => Seconds < First || Seconds > Last ? null : DateTime.UnixEpoch.AddSeconds(Seconds).AddTicks(Nanoseconds / 100);

    public static FileTime FromUtc(DateTime utc)
    {
        var ticks = (utc - DateTime.UnixEpoch).Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return rest < 0 ? new(seconds - 1, (uint)(rest + TimeSpan.TicksPerSecond) * 100) : new(seconds, (uint)rest * 100);
    }

    /// <summary>True when it lies before that time.</summary>
    public bool IsBefore(DateTime utc)
    {
        var other = FromUtc(utc);
        return Seconds < other.Seconds || (Seconds == other.Seconds && Nanoseconds < other.Nanoseconds);
    }
}
