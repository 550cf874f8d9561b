using OpenClaw.Worker.Processes.Supervision.Logs;

namespace OpenClaw.Worker.Processes.Supervision.Deadlines;

/// <summary>
/// Looks every second at one run: continues its supervisor when somebody has stopped it, ends the run when the supervisor has not, and sees
/// that it has ended when its follower is behind. On the timer's thread, so nothing here waits for the supervisor, the program or the line
/// to the server.
/// </summary>
internal sealed class RunWatch : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(2);

    /// <summary>No check for so long: this process was frozen, or the machine slept.</summary>
    private static readonly TimeSpan FrozenAfter = CheckInterval * 4;
    private readonly WatchedRun run;
    private readonly AttemptStop stop;
    private readonly TimeProvider clock;
    private readonly TaskCompletionSource endedByDaemon = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private RunDeadlines deadlines;
    private ProcessIdentity? supervisor;
    private long began;
    private long grewAt;
    private long length;
    private long checkedAt;
    private long? stoppedAt;
    private bool isPaused;
    private Task<TreeEnd>? ending;
    private bool isSearched;
    private bool isOver;

    public RunWatch(WatchedRun run, RunDeadlines deadlines, AttemptStop stop, TimeProvider clock)
    {
        (this.run, this.deadlines, this.stop, this.clock) = (run, deadlines, stop, clock);
        began = grewAt = checkedAt = clock.GetTimestamp();
        timer = clock.CreateTimer(_ => CheckDeadlines(), null, CheckInterval, CheckInterval);
    }

    /// <summary>What its follower reads.</summary>
    public LogProgress Log => run.Log;

    /// <summary>
    /// Completes when the daemon ended the run itself: its follower may hang on what does not answer, and is not waited for.
    /// </summary>
    public Task EndedByDaemon => endedByDaemon.Task;

    /// <summary>What was ended by the daemon itself; null: nothing was.</summary>
    public TreeEnd? Ended => ending is { } task ? task.GetAwaiter().GetResult() : null;

    /// <summary>This process keeps the clocks from now on; the time counts from here, or what is left of it.</summary>
    public void AttachSupervisor(SupervisorProcess process)
    {
        lock (gate)
        {
            supervisor = process.Process;
            began = grewAt = clock.GetTimestamp();
            if (process.TimeoutLeft is { } left)
                deadlines = deadlines with { Timeout = TimeSpan.FromMilliseconds(left) };
        }
    }

    /// <summary>Nothing runs and no time counts, until <see cref="Restart"/>: the supervisor waits for the yes to start.</summary>
    public void Pause()
    {
        lock (gate)
            isPaused = true;
    }

    /// <summary>The time counts from here, so long (ms); null: as long as before.</summary>
    public void Restart(long? left)
    {
        lock (gate)
        {
            isPaused = false;
            began = grewAt = clock.GetTimestamp();
            if (left is { } time) deadlines = deadlines with { Timeout = TimeSpan.FromMilliseconds(time) };
        }
    }

    /// <summary>A check that is under way comes to nothing: what it would tell is not this run's any more.</summary>
    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
            isOver = true;
    }

    private void CheckDeadlines()
    {
        lock (gate)
        {
            var (before, now) = (checkedAt, clock.GetTimestamp());
            checkedAt = now;
            var frozen = clock.GetElapsedTime(before, now) >= FrozenAfter;
            if (ending is not null || isOver) return;
            supervisor?.ContinueIfStopped();
            // What came in meanwhile is read first: the supervisor may have asked whether it may start, and counts nothing until it may.
            if (frozen)
            {
                // Not even that may have come so far. What has not begun is not late for the time in which nothing here could go on.
                if (!run.HasBegun()) (began, grewAt) = (began + (now - before), grewAt + (now - before));
                return;
            }
            if (run.Log.Length is var size && size != length)
            {
                (length, grewAt, isSearched) = (size, now, false);
            }
            else if (!isSearched)
            {
                isSearched = true;
                if (CheckForEnd()) return;
            }
            if (stop.Why != StopReason.None) stoppedAt ??= clock.GetTimestamp();
            var grace = stop.LongestGrace is { } most && most < run.Grace ? most : run.Grace;
            var (step, why) = deadlines.DecideStep(
                GetElapsed(began), GetElapsed(grewAt), stoppedAt is { } at ? clock.GetElapsedTime(at) : null, grace);
            if (step == RunStep.Stop && !CheckForEnd())
                stop.Request(why);
            else if (step == RunStep.EndTree || (stoppedAt is not null && stop.IsOverdue))
                ending = EndTree(grace < LastGrace ? grace : LastGrace);
        }
    }

    private TimeSpan GetElapsed(long since) => isPaused ? TimeSpan.Zero : clock.GetElapsedTime(since);

    /// <summary>True: no clock of the program's counts any more, and there is nothing to stop.</summary>
    private bool CheckForEnd()
    {
        isOver = run.Log.HasUnreadEnd();
        if (isOver) run.Ended();
        return isOver;
    }

    /// <summary>
    /// The supervisor last: while it is there, all it has started can be found below it, whatever became of marks and groups.
    /// </summary>
    private async Task<TreeEnd> EndTree(TimeSpan grace)
    {
        await Task.Yield();
        var (pid, start) = supervisor is { } process ? (process.Pid, process.Start) : (0, 0ul);
        var end = await OrphanProcesses.EndAll(run.Task, run.Attempt, pid, start, grace, clock);
        endedByDaemon.TrySetResult();
        return end;
    }
}

/// <summary>
/// What the watch knows of the run: whose it is, its grace, its log, and whom to tell that it has ended when its follower is behind.
/// </summary>
internal sealed record WatchedRun(string Task, int Attempt, TimeSpan Grace, LogProgress Log, Action Ended)
{
    /// <summary>A program of the attempt was let start.</summary>
    public Func<bool> HasBegun { get; init; } = () => true;
}
