using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Processes.Unix.Trees;

/// <summary>Sends a signal to exactly the process that was seen, never to a later one that got the same pid.</summary>
internal static partial class Signals
{
    private const long PidfdSendSignal = 424;
    private const long PidfdOpen = 434;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long a, long b, long c, long d);

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    private static readonly string[] MacNames =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "EMT", "FPE", "KILL", "BUS", "SEGV", "SYS", "PIPE", "ALRM", "TERM",
        "URG", "STOP", "TSTP", "CONT", "CHLD", "TTIN", "TTOU", "IO", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "INFO", "USR1", "USR2",
    ];

    /// <summary><c>SIGKILL</c> for 9.</summary>
    public static string FormatName(int signal)
    {
        var names = Native.Mac ? MacNames : Names;
        return signal > 0 && signal < names.Length ? "SIG" + names[signal] : $"SIG{signal}";
    }

    /// <summary>The same to a process that was noted by its start time.</summary>
    public static void Send(ProcessIdentity process, int signal)
    {
        if (ProcessTable.Read(process.Pid) is { } entry && entry.Start == process.Start && process.Boot == ProcessIdentity.ThisBoot)
            Send(entry, signal);
    }

    /// <summary>
    /// Through a pidfd where there is one: it is opened, the start time is compared, and the signal goes to what the descriptor holds,
    /// so no reuse of the pid can slip in between. Elsewhere: compare, then kill.
    /// </summary>
    public static void Send(ProcessEntry process, int signal)
    {
        var handle = Native.Mac ? -1 : (int)SystemCall(PidfdOpen, process.Pid, 0, 0, 0);
        try
        {
            if (ProcessTable.Read(process.Pid) is not { } now || now.Start != process.Start) return;
            if (handle >= 0)
                _ = SystemCall(PidfdSendSignal, handle, signal, 0, 0);
            else
                _ = Native.Kill(process.Pid, signal);
        }
        finally
        {
            if (handle >= 0) _ = Native.Close(handle);
        }
    }
}
