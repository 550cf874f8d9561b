using System.Globalization;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Trees;

namespace OpenClaw.Worker.Processes;

/// <summary>Processes of an attempt whose daemon is gone. On Windows there are none: the job object ended them with it.</summary>
internal static class OrphanProcesses
{
    /// <summary>When the process began, in the system's own ticks; 0 when unknown.</summary>
    public static ulong GetStartTicks(int pid) => OperatingSystem.IsWindows() ? 0 : ProcessTable.Read(pid)?.Start ?? 0;

    /// <summary>The process with this start time is there, and not only as a zombie.</summary>
    public static bool IsLive(int pid, ulong start) =>
        !OperatingSystem.IsWindows() && ProcessTable.Read(pid) is { Zombie: false } entry && entry.Start == start;

    /// <summary>
    /// Ends what is left of an attempt's programs. Its process id counts only when the process there has the start time noted; else only
    /// the marker does.
    /// </summary>
    public static Task<TreeEnd> EndAll(string task, int attempt, int pid, ulong start, TimeSpan grace, TimeProvider clock) =>
        EndMarked(new(task, FormatAttempt(attempt)), pid > 0 && start != 0 && GetStartTicks(pid) == start ? pid : -1, grace, clock);

    /// <summary>Ends what is left of the owner's hooks around an attempt: their daemon is gone, and the attempt is over.</summary>
    public static Task<TreeEnd> EndHooks(string task, int attempt, TimeSpan grace, TimeProvider clock) =>
        EndMarked(new(task, FormatAttempt(attempt)) { IsHook = true }, -1, grace, clock);

    private static async Task<TreeEnd> EndMarked(ProcessMarker marker, int root, TimeSpan grace, TimeProvider clock)
    {
        if (OperatingSystem.IsWindows()) return default;
        var end = await new KillLadder(new TreeRoot(root, marker), clock).Run(grace);
        foreach (var group in TaskCgroup.FindByMarker(marker))
        {
            var rest = await new KillLadder(new TreeRoot(-1, null, group), clock).Run(grace);
            end = new TreeEnd(end.Killed + rest.Killed, rest.Survivors + end.Survivors);
            group.RemoveWhenEmpty();
        }
        return end;
    }

    private static string FormatAttempt(int attempt) => attempt.ToString(CultureInfo.InvariantCulture);
}
