using System.Globalization;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Logging;
using OpenClaw.Worker.Processes;
using Native = OpenClaw.Worker.Processes.Unix.Native;

namespace OpenClaw.Worker.Services;

/// <summary>How a daemon that runs is made to make way for a new one.</summary>
internal enum DaemonStopStep
{
    /// <summary>None runs, or the service manager stops it and no task minds.</summary>
    Nothing,
    /// <summary>A file task is at work in the daemon itself: it has seconds to end.</summary>
    WaitForFiles,
    /// <summary>Programs run under supervisors: a daemon asked to stop would end them, a killed one leaves them to the next.</summary>
    Kill,
    /// <summary>Nothing runs and no service manager stops it: it is asked to.</summary>
    Stop,
}

/// <summary>Takes a daemon down for a new one and waits until that is connected.</summary>
internal sealed class DaemonReplacer(string home, Terminal terminal)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FileTaskTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(2);

    /// <summary>A daemon answered when it was asked to make room.</summary>
    public bool WasRunning { get; private set; }

    /// <param name="running">The daemon; null: none answers.</param>
    /// <param name="isService">A service manager stops and starts it.</param>
    /// <param name="mayWait">There is time left for file tasks.</param>
    public static DaemonStopStep DecideStep(WorkerStatus? running, bool isService, bool mayWait)
    {
        if (running is null || running.Pid == Environment.ProcessId) return DaemonStopStep.Nothing;
        var started = running.Tasks.Where(task => task.Started).ToArray();
        if (mayWait && started.Any(task => task.Kind.StartsWith("file-", StringComparison.Ordinal)))
            return DaemonStopStep.WaitForFiles;
        return started.Length > 0 ? DaemonStopStep.Kill : isService ? DaemonStopStep.Nothing : DaemonStopStep.Stop;
    }

    /// <summary>
    /// Why this process may not end the daemon: it belongs to one of its tasks, which would wait for itself, or the new daemon would be
    /// part of the task and end with it. Null: it may.
    /// </summary>
    public async Task<string?> CheckOwnTask() =>
        terminal.Variable(ProcessMarker.TaskVariable) is { } task
        && await FindStatus() is { } running && running.Tasks.Any(other => other.Task == task)
            ? $"nothing was changed: this command runs inside the task {task} of the daemon itself. Run it in a terminal of your own"
            : null;

    /// <summary>Null once nothing stands in the way of a new daemon; else a sentence.</summary>
    public async Task<string?> StopRunning(bool isService)
    {
        // There are no supervisors there that would outlive it: the daemon that runs goes on with its version.
        if (OperatingSystem.IsWindows()) return null;
        var began = terminal.Clock.GetTimestamp();
        while (true)
        {
            var running = await FindStatus();
            WasRunning |= running is not null;
            var step = DecideStep(running, isService, terminal.Clock.GetElapsedTime(began) < FileTaskTimeout);
            if (step == DaemonStopStep.Nothing) return null;
            if (step != DaemonStopStep.WaitForFiles) return await EndProcess(running!, step);
            await WaitForNextCheck();
        }
    }

    /// <summary>The daemon as it is once it is connected, or when the time is over; null: none answers.</summary>
    public async Task<WorkerStatus?> WaitUntilConnected(TimeSpan timeout)
    {
        for (var began = terminal.Clock.GetTimestamp(); ; await WaitForNextCheck())
        {
            var status = await FindStatus();
            if (status is { IsConnected: true } || terminal.Clock.GetElapsedTime(began) >= timeout) return status;
        }
    }

    private async Task<string?> EndProcess(WorkerStatus running, DaemonStopStep step)
    {
        var count = running.Tasks.Count(task => task.Started);
        if (step == DaemonStopStep.Kill)
            terminal.Out.WriteLine($"{CountedNoun.FormatCount(count, "task goes", "tasks go")} on under the new daemon");
        terminal.Signal(running.Pid, step == DaemonStopStep.Kill ? Native.SigKill : Native.SigTerm);
        var began = terminal.Clock.GetTimestamp();
        while (terminal.Clock.GetElapsedTime(began) < StopTimeout)
        {
            // Its lock says it, not its number: where nobody collects it, a dead process stays in the list.
            if (!HomeLock.IsHeld(home)) return null;
            await WaitForNextCheck();
        }
        return string.Create(CultureInfo.InvariantCulture, $"the previous daemon, process {running.Pid}, does not end");
    }

    /// <summary>Without a look at the lock: to take it for a moment could keep the daemon that is just starting from its home.</summary>
    private async Task<WorkerStatus?> FindStatus()
    {
        using var late = new CancellationTokenSource(StatusTimeout, terminal.Clock);
        try
        {
            return await ControlClient.FindStatus(home, late.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private Task WaitForNextCheck() => Task.Delay(PollInterval, terminal.Clock);
}
