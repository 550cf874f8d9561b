using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Control.Callers;

/// <summary>
/// What is seen of a process: its parent, the marker in its environment or in that of its session's or group's leader, and whether it is in
/// a control group of a task.
/// </summary>
internal readonly record struct CallerProcess(int Parent, ProcessMarker? Marker, bool InTaskGroup);

/// <summary>
/// Whether a process belongs to a task, by itself or by any of those above it. What escapes: a process that is started by somebody else on
/// the task's behalf (a service manager, cron, another login).
/// </summary>
internal static class CallerOrigin
{
    private const int Deepest = 1_000;

    /// <summary>Who gave an order that only the owner may give; null: nothing says that it was not he. Pure.</summary>
    /// <param name="pid">The process at the other end of the socket.</param>
    /// <param name="look">Looks at a process; null: it is not there.</param>
    /// <param name="daemon">The daemon. Whatever it has started, or taken in as an orphan, is a task's or a hook's.</param>
    /// <param name="supervisors">Supervisors of a daemon before this one: they have another parent.</param>
    /// <param name="own">
    /// The marker of the daemon itself, when all of it runs in another worker's task; that one counts for nothing.
    /// </param>
    public static string? FindTaskAncestor(
        int pid, Func<int, CallerProcess?> look, int daemon, IReadOnlySet<int> supervisors, ProcessMarker? own)
    {
        if (pid == daemon) return null;
        var depth = 0;
        for (var at = pid; at > 0 && depth < Deepest; depth++)
        {
            if (at == daemon || supervisors.Contains(at)) return "a process that a task has started";
            if (look(at) is not { } process)
                // Whoever asks through a process that is gone by now does not want to be known.
                return "a process that can't be looked at any more";
            if (process.Marker is { } marker && marker != own) return $"a process of the task {marker.Task}";
            if (process.InTaskGroup) return "a process of a task";
            at = process.Parent;
        }
        return depth < Deepest ? null : "a process whose parents have no end";
    }
}
