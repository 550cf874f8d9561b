using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Trees;

namespace OpenClaw.Worker.Processes;

/// <summary>A process that is the same one even when its pid was given out again, or the machine started anew.</summary>
internal sealed record ProcessIdentity(int Pid, ulong Start, string Boot)
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>Names this run of the machine; empty where the system has no word for it.</summary>
    public static string ThisBoot { get; } = OperatingSystem.IsLinux() && File.Exists(BootFile) ? File.ReadAllText(BootFile).Trim() : "";

    public static ProcessIdentity FromPid(int pid) => new(pid, OrphanProcesses.GetStartTicks(pid), ThisBoot);

    /// <summary>The process is there and has not ended.</summary>
    public bool IsLive() => Pid > 0 && Start != 0 && Boot == ThisBoot && OrphanProcesses.IsLive(Pid, Start);

    /// <summary>
    /// Lets it go on when a signal has stopped it. Whoever may signal our processes can stop them; nobody has a good reason to.
    /// </summary>
    public void ContinueIfStopped()
    {
        if (!OperatingSystem.IsWindows() && ProcessTable.Read(Pid) is { Stopped: true })
            Signals.Send(this, Native.SigCont);
    }

    /// <summary>SIGKILL, which also ends what is stopped.</summary>
    public void Kill()
    {
        if (!OperatingSystem.IsWindows()) Signals.Send(this, Native.SigKill);
    }
}
