using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes.Arguments;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// Runs a program to its end, or ends its tree when the attempt is to stop. One for each attempt; the only way in which programs are
/// started. With <paramref name="supervision"/> the program runs under a supervisor of its own and outlives this daemon.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="started">Called with the process id of each program that was started here.</param>
/// <param name="supervision">Runs the programs elsewhere; null: here.</param>
/// <param name="sandbox">What the owner's policy makes of a program; null: nothing.</param>
/// <param name="mayStart">Asked directly before a program is started here; it may block. Null: it may.</param>
internal sealed class ProcessRunner(
    TimeProvider clock, Action<int>? started = null, ISupervision? supervision = null, ProcessSandbox? sandbox = null,
    Func<bool>? mayStart = null)
{
    private static readonly TimeSpan UnkillableTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Never throws for what the program does or fails to do. When <paramref name="stop"/> fires first, the tree is ended and
    /// <see cref="ProcessEnd.Tree"/> is the proof; <see cref="ExecutionResult.FromProcess"/> makes the result of both.
    /// </summary>
    public async Task<ProcessEnd> Run(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace)
    {
        if (sandbox is not null)
        {
            var sandboxed = await ApplySandbox(sandbox, spec, stop);
            if (sandboxed.Spec is null)
            {
                Rejection = sandboxed.Rejection;
                return Rejection is null ? ProcessEnd.NotStarted : new ProcessEnd { StartError = Rejection.Sentence };
            }
            spec = sandboxed.Spec;
        }
        var end = await (supervision is null ? RunUnsupervised(spec, output, stop, killGrace)
            : supervision.RunProgram(spec, output, stop, killGrace));
        if (end.TooLarge) Rejection = Verdict.Rejected(ArgumentSize.TooLarge, end.StartError!);
        return end;
    }

    /// <summary>
    /// Set when the owner's policy did not let a program start, or no attempt could start it on this PC: this one is rejected, whatever its
    /// executor makes of it.
    /// </summary>
    public Verdict? Rejection { get; private set; }

    /// <summary>An empty result when the attempt was stopped meanwhile.</summary>
    private static async Task<SandboxResult> ApplySandbox(ProcessSandbox sandbox, ProcessSpec spec, AttemptStop stop)
    {
        try
        {
            return await sandbox.Apply(spec, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Why != StopReason.None)
        {
            return default;
        }
    }

    private async Task<ProcessEnd> RunUnsupervised(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Token.Register(() => stopped.TrySetResult());
        // Its time counts from the yes to start it. Before that the attempt's own time bounds what hangs.
        await using var timeout = spec.Timeout is null ? null
            : clock.CreateTimer(_ => stop.Request(StopReason.Timeout), null,
                mayStart is null ? spec.Timeout.Value : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var starting = StartingChild.StartOnThread(spec, output, MayStart, clock);
        if (await Task.WhenAny(starting.Started, stopped.Task) != starting.Started
            && await starting.GiveUp() is { } unborn)
            return ProcessEnd.NotStarted with { Tree = unborn };
        var start = await starting.Started;
        if (start.Child is not { } child)
            return start.Error is null ? ProcessEnd.NotStarted : new ProcessEnd { StartError = start.Error, TooLarge = start.TooLarge };
        using (child)
        {
            started?.Invoke(child.Id);
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
            if (stop.Why != StopReason.None || mayStart?.Invoke() == false) return false;
            timeout?.Change(spec.Timeout!.Value, Timeout.InfiniteTimeSpan);
            return true;
        }
    }
}
