using System.Globalization;

namespace OpenClaw.Worker.Processes.Supervision.Watchdogs;

/// <summary>What a killed supervisor leaves of an attempt, and the time it gets between SIGTERM and SIGKILL.</summary>
internal readonly record struct OrphanProcess(ProcessMarker Marker, TimeSpan Grace)
{
    /// <summary>For <see cref="EndTaskVerb"/>; the program's process id and its start come behind them.</summary>
    public string[] Arguments => [Marker.Task, Marker.Attempt, ((long)Grace.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)];
}

/// <summary><c>openclaw-worker end-task</c>, for the <see cref="Watchdog"/> only: ends the tree of an attempt.</summary>
internal static class EndTaskVerb
{
    public const string Name = "end-task";
    private const int Done = 0;
    private const int Misused = 2;

    /// <param name="arguments">
    /// Those of <see cref="OrphanProcess"/>, the program's process id and its start; both empty when it is not known.
    /// </param>
    public static async Task<int> Run(string[] arguments)
    {
        if (arguments is not [var task, var attempt, var grace, var pid, var start]) return Misused;
        var (number, time) = (int.Parse(attempt, CultureInfo.InvariantCulture), long.Parse(grace, CultureInfo.InvariantCulture));
        var (id, began) = pid.Length == 0 ? (0, 0ul)
            : (int.Parse(pid, CultureInfo.InvariantCulture), ulong.Parse(start, CultureInfo.InvariantCulture));
        await OrphanProcesses.EndAll(task, number, id, began, TimeSpan.FromMilliseconds(time), TimeProvider.System);
        return Done;
    }
}
