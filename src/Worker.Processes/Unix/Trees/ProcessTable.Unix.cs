namespace OpenClaw.Worker.Processes.Unix.Trees;

/// <summary>
/// One process. <see cref="Start"/> tells a pid that was given out again from the process it was seen with. <see cref="Stopped"/>: by a
/// signal or a debugger; it does nothing until it is continued.
/// </summary>
internal readonly record struct ProcessEntry(int Pid, int Parent, int Group, int Session, ulong Start, bool Zombie, bool Stopped = false);

/// <summary>The processes of this machine as of now.</summary>
internal static class ProcessTable
{
    public static List<ProcessEntry> Read() => Native.Mac ? ProcessTableMac.Read() : ProcessTableLinux.Read();

    /// <summary>One process; null when it is gone.</summary>
    public static ProcessEntry? Read(int pid) => Native.Mac ? ProcessTableMac.Read(pid) : ProcessTableLinux.Read(pid);

    /// <summary>True when the process carries the marker in the environment it was started with.</summary>
    public static bool HasMarker(int pid, ProcessMarker marker) => !Native.Mac && ProcessTableLinux.HasMarker(pid, marker);
}
