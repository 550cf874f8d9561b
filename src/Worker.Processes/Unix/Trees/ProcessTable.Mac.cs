using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Processes.Unix.Trees;

/// <summary>Asks libproc. The environment of other processes can't be read there, so the marker finds nothing.</summary>
internal static unsafe partial class ProcessTableMac
{
    private const uint AllPids = 1;
    private const int BsdInfo = 3;
    private const int BsdInfoSize = 136;
    private const uint StoppedState = 4;
    private const uint ZombieState = 5;

    [LibraryImport("libproc", EntryPoint = "proc_listpids")]
    private static partial int ListPids(uint type, uint typeInfo, int* buffer, int size);

    [LibraryImport("libproc", EntryPoint = "proc_pidinfo")]
    private static partial int PidInfo(int pid, int flavor, ulong argument, byte* buffer, int size);

    public static List<ProcessEntry> Read()
    {
        var pids = new int[Math.Max(256, ListPids(AllPids, 0, null, 0) / sizeof(int) + 64)];
        int count;
        fixed (int* buffer = pids)
            count = ListPids(AllPids, 0, buffer, pids.Length * sizeof(int)) / sizeof(int);
        return [.. pids.Take(count).Where(pid => pid > 0).Select(Read).OfType<ProcessEntry>()];
    }

    /// <summary>struct proc_bsdinfo: status at 4, pid at 12, ppid at 16, pgid at 100, start (seconds, microseconds) at 120.</summary>
    public static ProcessEntry? Read(int pid)
    {
        Span<byte> info = stackalloc byte[BsdInfoSize];
        fixed (byte* buffer = info)
        {
            if (PidInfo(pid, BsdInfo, 0, buffer, BsdInfoSize) != BsdInfoSize) return null;
        }
        var state = BinaryPrimitives.ReadUInt32LittleEndian(info[4..]);
        var start = BinaryPrimitives.ReadUInt64LittleEndian(info[120..]) * 1_000_000 + BinaryPrimitives.ReadUInt64LittleEndian(info[128..]);
        return new ProcessEntry(
            pid,
            BinaryPrimitives.ReadInt32LittleEndian(info[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(info[100..]),
            Native.GetSid(pid),
            start,
            state == ZombieState,
            state == StoppedState);
    }
}
