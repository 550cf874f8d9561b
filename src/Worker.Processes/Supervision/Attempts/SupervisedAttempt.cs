using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Processes.Supervision.Logs;

namespace OpenClaw.Worker.Processes.Supervision.Attempts;

/// <summary>The attempt whose programs run under supervisors: what supervision has to know of it, and what it tells it.</summary>
internal interface IProgramOwner
{
    Offer Offer { get; }

    /// <summary>Ends what runs of it.</summary>
    AttemptStop Stop { get; }

    /// <summary>The supervisors of the programs that a daemon before this one began, in their order; null: it begins here.</summary>
    IReadOnlyList<ProcessIdentity>? RecoveredSupervisors { get; }

    /// <summary>When the request that last renewed its lease was sent, on the monotonic clock.</summary>
    long RenewedAt { get; }

    /// <summary>Raised with the time of each renewal, on any thread.</summary>
    event Action<long>? Renewed;

    /// <summary>A program of it was let start.</summary>
    bool HasSpawned { get; }

    /// <summary>
    /// The last question before a program is started: false when it was stopped, or the server's yes was old and it does not say it again.
    /// Waits for that.
    /// </summary>
    Task<bool> ConfirmStart();

    /// <summary>A program of it begins, the first or another.</summary>
    void BeginProgram();

    /// <summary>A program of it may run from now on.</summary>
    void MarkSpawned();

    /// <summary>Its program has ended, and its output is not all read.</summary>
    void EndProgram();
}

/// <summary>
/// The programs of one attempt, each under a supervisor. An executor that runs again after a restart meets its programs in the same order,
/// so their number tells which is which.
/// </summary>
internal sealed class SupervisedAttempt(Supervisors supervisors, IProgramOwner held, Func<TimeSpan> lease, TimeSpan age) : IProcessRunner
{
    private static readonly TimeSpan FollowerTimeout = TimeSpan.FromSeconds(5);
    private long taken = supervisors.Clock.GetTimestamp();
    private readonly DateTimeOffset began = supervisors.FindStartTime(held) ?? supervisors.Clock.GetUtcNow() - age;
    private int runs;
    private long ran;
    private int running;
    private volatile bool isAnew;

    /// <summary>How old it was when this daemon took it; zero: it begins.</summary>
    public TimeSpan Age => age;

    /// <summary>How long its programs ran, together; null when none has ended.</summary>
    public TimeSpan? Ran => Interlocked.Read(ref ran) is > 0 and var time ? TimeSpan.FromMilliseconds(time) : null;

    /// <summary>A program runs, and its supervisor keeps the clocks.</summary>
    public bool IsRunning => Volatile.Read(ref running) > 0;

    /// <summary>
    /// Ends the programs that the daemon before this one began and the executor has not asked for again, as when the owner's settings have
    /// changed since: nobody would hear of them any more. False: there are none.
    /// </summary>
    public async Task<bool> EndUnclaimedPrograms(TimeSpan grace)
    {
        if (held.RecoveredSupervisors is not { } before || runs >= before.Count) return false;
        await OrphanProcesses.EndAll(held.Offer.TaskId, held.Offer.Attempt, 0, 0, grace, supervisors.Clock);
        return true;
    }

    public async Task<ProcessEnd> RunProgram(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace)
    {
        var name = new RunName(held.Offer.AttemptId, runs++);
        if (IsUnknown(name.Run))
        {
            stop.Request(StopReason.SupervisorLost);
            return new ProcessEnd { Signal = "SIGKILL", Tree = default(TreeEnd) };
        }
        Interlocked.Increment(ref running);
        held.BeginProgram();
        using var watch = new RunWatch(CreateWatchedRun(name, killGrace), CreateDeadlines(spec), stop, supervisors.Clock);
        try
        {
            var done = new TaskCompletionSource<ProcessEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
            var run = held.RecoveredSupervisors?.ElementAtOrDefault(name.Run) is { } process
                ? new SupervisedRun(name, supervisors, () => (supervisors.FindForRun(name, process), null), new(output, began), held)
                : new SupervisedRun(name, supervisors, () => supervisors.StartRun(CreateRequest(name, spec, killGrace)), new(output, began),
                    held, () => Math.Min(GetTimeLeft(), (long?)spec.Timeout?.TotalMilliseconds ?? long.MaxValue));
            // A thread, not a task: following blocks in reads of the log's file and of the socket, and in a sink that waits for the server,
            // possibly for hours. Some attempts like that would use up the thread pool that heartbeats and polls need.
            new Thread(() => FollowRun(run, watch, done), 256 * 1024) { IsBackground = true, Name = "run" }.Start();
            if (await Task.WhenAny(done.Task, watch.EndedByDaemon) != done.Task)
                await Task.WhenAny(done.Task, Task.Delay(FollowerTimeout, supervisors.Clock));
            // The watch ended the program, and the follower has not noticed: it hangs where nothing answers, such as the program's file
            // system, before there was a supervisor. The thread is left to itself: it only touches this run and completes a task that
            // nobody waits for any more.
            return done.Task.IsCompleted ? await done.Task
                : new ProcessEnd { Signal = "SIGKILL", Tree = watch.Ended };
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    private WatchedRun CreateWatchedRun(RunName name, TimeSpan killGrace) =>
        new(held.Offer.TaskId, held.Offer.Attempt, killGrace, new LogProgress(supervisors.Folders.GetLogPath(name)), held.EndProgram)
        {
            HasBegun = () => held.HasSpawned,
        };

    /// <summary>A recovered run gets its whole timeout here, an upper bound: its supervisor knows how much of it is left.</summary>
    private RunDeadlines CreateDeadlines(ProcessSpec spec)
    {
        var left = TimeSpan.FromMilliseconds(held.RecoveredSupervisors is null ? held.Offer.Timeout - GetSpentTime() : held.Offer.Timeout);
        return new(
            spec.Timeout is { } own && own < left ? own : left,
            held.Offer.Silence is { } silence ? TimeSpan.FromMilliseconds(silence) : null);
    }

    /// <summary>After a power cut the record of a spawn may be lost: what the program did is not known, so it is not run again.</summary>
    private bool IsUnknown(int run) =>
        held.RecoveredSupervisors is { } before && run >= before.Count && before.Any(process => process.Boot != ProcessIdentity.ThisBoot);

    /// <summary>
    /// The thread's body. The end is handed over before the supervisor is released: releasing may take seconds, and the result is complete
    /// without it.
    /// </summary>
    private void FollowRun(SupervisedRun run, RunWatch watch, TaskCompletionSource<ProcessEnd> done)
    {
        try
        {
            held.Renewed += run.RenewLease;
            var (end, took) = run.FollowToEnd(watch);
            Interlocked.Add(ref ran, Math.Max(1, (long)took.TotalMilliseconds));
            done.TrySetResult(end);
            run.ReleaseSupervisor();
        }
        catch (Exception error)
        {
            done.TrySetException(error);
        }
        finally
        {
            held.Renewed -= run.RenewLease;
        }
    }

    private RunRequest CreateRequest(RunName name, ProcessSpec spec, TimeSpan killGrace)
    {
        var (offer, clock) = (held.Offer, supervisors.Clock);
        return new RunRequest
        {
            Name = name,
            Log = supervisors.Folders.GetLogPath(name),
            Daemon = supervisors.ListenerPath,
            Spec = spec,
            Began = began.ToUnixTimeMilliseconds(),
            BeganUptime = (long)(clock.GetElapsedTime(0, Interlocked.Read(ref taken)) - age).TotalMilliseconds,
            KillGrace = (long)killGrace.TotalMilliseconds,
            Timeout = GetTimeLeft(),
            Silence = offer.Silence,
            Lease = offer.EndsWithLease ? (long)lease().TotalMilliseconds : null,
            LeaseAge = (long)clock.GetElapsedTime(held.RenewedAt).TotalMilliseconds,
            Worker = offer.EndsWithLease ? supervisors.Program.Argv : null,
            OutputKept = supervisors.OutputKept,
            AsksFirst = true,
        };
    }

    /// <summary>The server said yes once more, and counts from that: nothing has run before it.</summary>
    public void RestartTime()
    {
        Interlocked.Exchange(ref taken, supervisors.Clock.GetTimestamp());
        isAnew = true;
    }

    /// <summary>What the attempt has left of its time, ms.</summary>
    private long GetTimeLeft() => Math.Max(1, held.Offer.Timeout - GetSpentTime());

    /// <summary>
    /// How much of its time the attempt has had, ms. Of a yes to start that is too old to begin with, none: it is asked for again first.
    /// </summary>
    private long GetSpentTime()
    {
        var spent = (isAnew ? TimeSpan.Zero : age) + supervisors.Clock.GetElapsedTime(Interlocked.Read(ref taken));
        return !held.HasSpawned && spent > AttemptTiming.StartLasts ? 0
            : Math.Max((long)spent.TotalMilliseconds, Interlocked.Read(ref ran));
    }
}
