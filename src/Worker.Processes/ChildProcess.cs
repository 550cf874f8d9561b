using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Unix.Cgroups;
using OpenClaw.Worker.Processes.Unix.Trees;
using OpenClaw.Worker.Processes.Windows;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// A started program with its whole tree. Its output goes to the sink until the last writer closed the pipes or, once the program
/// itself has ended, for a short drain; so a background child that keeps a pipe open never holds the task.
/// </summary>
internal abstract class ChildProcess : IDisposable
{
    /// <summary>Process id; also id of its group and session on Unix. Not given to another process before <see cref="Dispose"/>.</summary>
    public abstract int Id { get; }

    /// <summary>Completes when the program itself has ended and its output is drained.</summary>
    public abstract Task<ProcessEnd> Ended { get; }

    /// <summary>Ends the tree: SIGTERM (Ctrl-Break on Windows), the grace, SIGKILL (the job object), then a scan as proof.</summary>
    public abstract Task<TreeEnd> KillTree(TimeSpan grace);

    /// <summary>Gives the process id and all handles back.</summary>
    public abstract void Dispose();

    /// <summary>
    /// Starts a program on the calling thread, which a file system that does not answer holds up for as long as it likes: see
    /// <see cref="StartingChild"/>.
    /// </summary>
    /// <param name="spec">The program.</param>
    /// <param name="output">Takes what it prints.</param>
    /// <param name="mayStart">The last question, directly before the program comes to be; it may block. False: nothing is started.</param>
    /// <param name="clock">The clock.</param>
    public static ChildStart Start(ProcessSpec spec, IOutputSink output, Func<bool> mayStart, TimeProvider clock)
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? WindowsChild.Spawn(spec, output, mayStart, clock)
                : UnixChild.Spawn(spec, output, mayStart, clock);
        }
        catch (IOException exhausted)
        {
            return $"the program '{spec.Argv[0]}' could not be started: {exhausted.Message}";
        }
    }
}

/// <summary>
/// What came of starting a program: the child, or a sentence why there is none, or neither because it was not to be started.
/// </summary>
/// <param name="Child">The child.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="TooLarge">Because arguments and environment are more than the system takes: it never will.</param>
internal readonly record struct ChildStart(ChildProcess? Child, string? Error, bool TooLarge = false)
{
    public static ChildStart CreateTooLarge(string error) => new(null, error, TooLarge: true);

    public static implicit operator ChildStart(ChildProcess child) => new(child, null);

    public static implicit operator ChildStart(string error) => new(null, error);
}

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
