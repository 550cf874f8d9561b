using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Trees;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// A program on its way into life, on a thread of its own: its folder or its file may be on a file system that does not answer, and then
/// neither the thread nor the child between fork and exec comes back before that does.
/// </summary>
internal sealed class StartingChild
{
    private const int StackSize = 256 * 1024;
    private const int KillRounds = 40;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    /// <summary>From fork to exec, and until that is known here, on a machine that has much to do.</summary>
    private static readonly TimeSpan LongestSpawn = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource<ChildStart> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private int thread;
    private bool forking;
    private bool givenUp;

    private StartingChild(TimeProvider clock) => this.clock = clock;

    /// <summary>Completes once it is started, or can't be; perhaps never. Never after it was given up.</summary>
    public Task<ChildStart> Started => started.Task;

    /// <inheritdoc cref="ChildProcess.Start"/>
    public static StartingChild StartOnThread(ProcessSpec spec, IOutputSink output, Func<bool> mayStart, TimeProvider clock)
    {
        var starting = new StartingChild(clock);
        new Thread(() => starting.RunStart(spec, output, mayStart), StackSize) { IsBackground = true, Name = "start" }.Start();
        return starting;
    }

    /// <summary>
    /// Waits no longer. What stands between fork and exec is killed, so that the program never runs, however late its file system answers.
    /// Null: it has been started meanwhile, and is the caller's to end.
    /// </summary>
    public async Task<TreeEnd?> GiveUp()
    {
        lock (gate)
        {
            if (started.Task.IsCompleted) return null;
            // It has not come to that, and now it will not.
            if (!forking)
            {
                givenUp = true;
                return default(TreeEnd);
            }
        }
        // Most likely the program runs and only that is not known here yet: then it is owed a SIGTERM and its grace.
        await Task.WhenAny(started.Task, Task.Delay(LongestSpawn, clock));
        lock (gate)
        {
            if (started.Task.IsCompleted) return null;
            givenUp = true;
        }
        var killed = new HashSet<int>();
        for (var round = 0; round < KillRounds && !over.Task.IsCompleted; round++)
        {
            killed.UnionWith(KillBeforeExec());
            await Task.WhenAny(over.Task, Task.Delay(PollInterval, clock));
        }
        return new TreeEnd(killed.Count, over.Task.IsCompleted ? 0 : killed.Count);
    }

    private void RunStart(ProcessSpec spec, IOutputSink output, Func<bool> mayStart)
    {
        if (OperatingSystem.IsLinux()) Volatile.Write(ref thread, SpawnGate.ThisThread);
        try
        {
            var start = ChildProcess.Start(spec, output, () => MayStart(mayStart), clock);
            lock (gate)
            {
                if (!givenUp)
                {
                    started.SetResult(start);
                    return;
                }
            }
            // Nobody waits for it any more. It has been killed on its way, but a kernel may tell us of it as of a child.
            using var late = start.Child;
            late?.KillTree(TimeSpan.Zero).GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            started.TrySetException(error);
        }
        finally
        {
            over.SetResult();
        }
    }

    private bool MayStart(Func<bool> mayStart)
    {
        // Outside of the lock: it may wait for another process, and whoever gives this up waits for nobody.
        var may = mayStart();
        lock (gate)
            return forking = may && !givenUp;
    }

    /// <summary>The children of the thread are of nobody else: it has started nothing before.</summary>
    private int[] KillBeforeExec()
    {
        var tid = Volatile.Read(ref thread);
        var children = tid == 0 ? [] : SpawnGate.FindChildren(tid) ?? [];
        foreach (var child in children.Select(ProcessTable.Read).OfType<ProcessEntry>())
            Signals.Send(child, Native.SigKill);
        return children;
    }
}
