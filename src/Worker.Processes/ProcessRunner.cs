using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// Whoever a <see cref="ProcessRunner"/> starts a program for. In the daemon that is the attempt: it asks the server again when its yes is
/// old, and notes the process in its journal. In a supervisor's process it is the supervisor: it asks its daemon, and notes the process in
/// the run's log.
/// </summary>
internal interface IProgramStart
{
    /// <summary>
    /// Asked directly before the program is started, on a thread of its own: it may block for as long as the answer takes. False: nothing
    /// is started. The program's time counts from the yes.
    /// </summary>
    bool MayStart();

    /// <summary>It was started, as this process.</summary>
    void MarkStarted(int pid);
}

/// <summary>
/// Runs programs of a task, one after another, each to its end. There are two: <see cref="ProcessRunner"/> runs them as children of this
/// process, which ends them when it ends; <see cref="Supervision.Attempts.SupervisedAttempt"/> has each run by a supervisor, a process of
/// its own that outlives the daemon (and runs it by a <see cref="ProcessRunner"/> there).
/// </summary>
internal interface IProcessRunner
{
    /// <summary>
    /// Never throws for what the program does or fails to do. When <paramref name="stop"/> fires first, the tree is ended and
    /// <see cref="ProcessEnd.Tree"/> is the proof. A supervised program that a daemon before this one started is not started again but
    /// taken up: its output comes once more from the first byte.
    /// </summary>
    Task<ProcessEnd> RunProgram(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace);
}

/// <summary>
/// Runs a program as a child of this process, to its end or until the attempt is to stop, which ends its tree. The only way in which
/// programs of tasks come to be: in the daemon where it has no supervisors, else in a supervisor's process.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="start">For whom programs are started; null: for the daemon itself, and they may start.</param>
internal sealed class ProcessRunner(TimeProvider clock, IProgramStart? start = null) : IProcessRunner
{
    private static readonly TimeSpan UnkillableTimeout = TimeSpan.FromSeconds(5);

    public async Task<ProcessEnd> RunProgram(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Token.Register(() => stopped.TrySetResult());
        // Its time counts from the yes to start it. Before that the attempt's own time bounds what hangs.
        await using var timeout = spec.Timeout is null ? null
            : clock.CreateTimer(_ => stop.Request(StopReason.Timeout), null,
                start is null ? spec.Timeout.Value : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var starting = StartingChild.StartOnThread(spec, output, MayStart, clock);
        if (await Task.WhenAny(starting.Started, stopped.Task) != starting.Started
            && await starting.GiveUp() is { } unborn)
            return ProcessEnd.NotStarted with { Tree = unborn };
        var began = await starting.Started;
        if (began.Child is not { } child)
            return began.Error is null ? ProcessEnd.NotStarted : new ProcessEnd { StartError = began.Error, TooLarge = began.TooLarge };
        using (child)
        {
            start?.MarkStarted(child.Id);
            if (await Task.WhenAny(child.Ended, stopped.Task) == child.Ended) return await child.Ended;
            var grace = stop.LongestGrace is { } most && most < killGrace ? most : killGrace;
            var tree = await child.KillTree(grace);
            var end = await Task.WhenAny(child.Ended, Task.Delay(UnkillableTimeout, clock)) == child.Ended
                ? await child.Ended
                : new ProcessEnd { Signal = "SIGKILL" };
            return end with { Tree = tree };
        }

        bool MayStart()
        {
            if (stop.Why != StopReason.None || start?.MayStart() == false) return false;
            timeout?.Change(spec.Timeout!.Value, Timeout.InfiniteTimeSpan);
            output.ReportStarted();
            return true;
        }
    }
}
