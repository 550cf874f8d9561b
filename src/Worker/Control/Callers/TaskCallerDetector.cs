using System.Text;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Trees;

namespace OpenClaw.Worker.Control.Callers;

/// <summary>
/// Looks whether the process at the other end of the control socket belongs to a task. Not on Windows, which does not tell who it is.
/// </summary>
internal sealed class TaskCallerDetector(Func<IEnumerable<ProcessIdentity>> supervisors)
{
    /// <summary>A process whose parent ended while it was looked at has another one now.</summary>
    private const int Tries = 3;
    private static readonly ProcessMarker? Own = ReadMarker(Environment.GetEnvironmentVariable);

    /// <summary>Who it is, when it is not the owner; null: nothing says so.</summary>
    public string? FindTask(int? pid)
    {
        if (OperatingSystem.IsWindows()) return null;
        if (pid is not > 0) return "a process that can't be looked at";
        var known = supervisors().Select(process => process.Pid).ToHashSet();
        string? found = null;
        for (var tried = 0; tried < Tries; tried++)
        {
            found = CallerOrigin.FindTaskAncestor(pid.Value, ReadProcess, Environment.ProcessId, known, Own);
            if (found is null) break;
        }
        return found;
    }

    private static CallerProcess? ReadProcess(int pid)
    {
        if (ProcessTable.Read(pid) is not { } entry) return null;
        var marker = ReadMarker(pid) ?? ReadMarker(entry.Session) ?? ReadMarker(entry.Group);
        return new CallerProcess(entry.Parent, marker, IsInTaskGroup(pid));
    }

    private static ProcessMarker? ReadMarker(int pid)
    {
        if (!OperatingSystem.IsLinux() || pid <= 0) return null;
        try
        {
            var variables = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ")).Split('\0');
            return ReadMarker(name =>
                variables.FirstOrDefault(text => text.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ProcessMarker? ReadMarker(Func<string, string?> variable) =>
        variable(ProcessMarker.TaskVariable) is { } task ? new ProcessMarker(task, variable(ProcessMarker.AttemptVariable) ?? "") : null;

    private static bool IsInTaskGroup(int pid)
    {
        if (CgroupRoot.Current is not { } place) return false;
        try
        {
            var folder = CgroupRoot.ParseFolder(File.ReadAllText($"/proc/{pid}/cgroup"), File.ReadAllText("/proc/self/mountinfo"));
            return folder is not null && folder.StartsWith($"{place.Folder}/{CgroupRoot.Prefix}", StringComparison.Ordinal)
                && folder[(place.Folder.Length + 1)..].Split('/')[0] != CgroupRoot.DaemonLeaf;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
