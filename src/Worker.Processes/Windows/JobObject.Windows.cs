using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OpenClaw.Worker.Processes.Windows;

/// <summary>A job object: every process started in it and all they start are ended with it.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe partial class JobObject : IDisposable
{
    private const int BasicAccounting = 1;
    private const int ExtendedLimits = 9;
    private const uint KillOnClose = 0x2000;
    private const uint LimitsTime = 0x4;
    private const uint LimitsProcesses = 0x8;
    private const uint LimitsMemory = 0x200;
    private const long TicksPerMillisecond = 10_000;
    private readonly nint handle;

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public long PerProcessUserTime, PerJobUserTime;
        public uint Flags;
        public nuint MinimumWorkingSet, MaximumWorkingSet;
        public uint ActiveProcesses;
        public nuint Affinity;
        public uint Priority, Scheduling;
        public ulong ReadCount, WriteCount, OtherCount, ReadBytes, WriteBytes, OtherBytes;
        public nuint ProcessMemory, JobMemory, PeakProcessMemory, PeakJobMemory;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Accounting
    {
        public long UserTime, KernelTime, PeriodUserTime, PeriodKernelTime;
        public uint PageFaults, TotalProcesses, ActiveProcesses, TerminatedProcesses;
    }

    [LibraryImport("kernel32.dll", EntryPoint = "CreateJobObjectW", SetLastError = true)]
    private static partial nint CreateHandle(nint security, nint name);
    [LibraryImport("kernel32.dll", EntryPoint = "SetInformationJobObject", SetLastError = true)]
    private static partial int SetInformation(nint job, int what, void* info, int size);
    [LibraryImport("kernel32.dll", EntryPoint = "QueryInformationJobObject", SetLastError = true)]
    private static partial int QueryInformation(nint job, int what, void* info, int size, nint written);
    [LibraryImport("kernel32.dll", EntryPoint = "AssignProcessToJobObject", SetLastError = true)]
    private static partial int AssignProcess(nint job, nint process);
    [LibraryImport("kernel32.dll", EntryPoint = "TerminateJobObject", SetLastError = true)]
    private static partial int TerminateAll(nint job, uint exitCode);
    [LibraryImport("kernel32.dll", EntryPoint = "CloseHandle", SetLastError = true)]
    private static partial int CloseHandle(nint handle);
    [LibraryImport("kernel32.dll", EntryPoint = "GenerateConsoleCtrlEvent", SetLastError = true)]
    private static partial int GenerateConsoleEvent(uint ctrl, uint group);

    public JobObject()
    {
        handle = CreateHandle(0, 0);
        if (handle == 0) throw new IOException(new Win32Exception().Message);
    }

    /// <summary>Processes in it that still run.</summary>
    public int Active
    {
        get
        {
            Accounting info;
            return QueryInformation(handle, BasicAccounting, &info, sizeof(Accounting), 0) != 0 ? (int)info.ActiveProcesses : 0;
        }
    }

    public void AddProcess(nint process)
    {
        if (AssignProcess(handle, process) == 0) throw new IOException(new Win32Exception().Message);
    }

    /// <summary>Closing the last handle, also by the worker's own death, ends everything in it.</summary>
    public void EndWithWorker(ProcessLimits? asked = null)
    {
        var limits = new Limits { Flags = KillOnClose };
        if (asked?.MemoryBytes is { } memory)
            (limits.Flags, limits.JobMemory) = (limits.Flags | LimitsMemory, (nuint)memory);
        if (asked?.Processes is { } processes)
            (limits.Flags, limits.ActiveProcesses) = (limits.Flags | LimitsProcesses, (uint)processes);
        if (asked?.CpuMilliseconds is { } cpu)
            (limits.Flags, limits.PerJobUserTime) = (limits.Flags | LimitsTime, cpu * TicksPerMillisecond);
        _ = SetInformation(handle, ExtendedLimits, &limits, sizeof(Limits));
    }

    /// <summary>Lets what still runs in it go on when the handle is closed.</summary>
    public void DetachProcesses()
    {
        var limits = new Limits();
        _ = SetInformation(handle, ExtendedLimits, &limits, sizeof(Limits));
    }

    public void KillAll() => _ = TerminateAll(handle, 1);

    /// <summary>Ctrl-Break to the process group.</summary>
    public static void SendCtrlBreak(int group) => _ = GenerateConsoleEvent(1, (uint)group);

    public void Dispose() => _ = CloseHandle(handle);
}
