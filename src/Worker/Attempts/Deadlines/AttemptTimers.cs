using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision.Attempts;
using OpenClaw.Worker.Processes.Supervision.Deadlines;

namespace OpenClaw.Worker.Attempts.Deadlines;

/// <summary>
/// The timers by which the daemon itself ends an attempt: its timeout, and its silence where no supervisor has that. Which timer is in
/// which process, and why, is in docs/adr/0023-timers-of-a-deadline.md.
/// </summary>
/// <remarks>
/// Until something of the attempt has begun, nothing can be late for as long as this process was frozen (SIGSTOP, a stopped machine): the
/// server's yes is asked for again before anything starts, and counts the time anew. A hang does count, such as that of a file system: the
/// attempt's timeout is all that bounds it.
/// </remarks>
internal sealed class AttemptTimers : IAsyncDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>No check for so long: this process was frozen.</summary>
    private static readonly TimeSpan FrozenAfter = CheckInterval * 4;
    private readonly HeldAttempt held;
    private readonly SupervisedAttempt? supervised;
    private readonly Func<long> lastWrite;
    private readonly TimeProvider clock;
    private readonly TimeSpan limit;
    private readonly Lock gate = new();
    private readonly ITimer timeout;
    private readonly SilenceTimer? silence;
    private long began;
    private long checkedAt;
    private long workBegunAt;
    private volatile bool workBegun;

    /// <param name="held">The attempt.</param>
    /// <param name="supervised">Set where its programs have supervisors, which keep their clocks while they run.</param>
    /// <param name="lastWrite">When it printed something last.</param>
    /// <param name="clock">The clock that nobody sets.</param>
    public AttemptTimers(HeldAttempt held, SupervisedAttempt? supervised, Func<long> lastWrite, TimeProvider clock)
    {
        (this.held, this.supervised, this.lastWrite, this.clock) = (held, supervised, lastWrite, clock);
        (limit, workBegun) = (TimeSpan.FromMilliseconds(held.Offer.Timeout), held.RecoveredSupervisors is not null);
        began = checkedAt = clock.GetTimestamp();
        timeout = clock.CreateTimer(_ => CheckTimeout(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm(limit);
        var quiet = supervised is null && held.Offer.Silence is { } most ? TimeSpan.FromMilliseconds(most) : (TimeSpan?)null;
        silence = SilenceTimer.StartIfLimited(quiet, GetLastSign, held.Stop, clock);
        held.StartedAnew += Restart;
    }

    private bool HasBegun => workBegun || held.HasSpawned;

    /// <summary>The daemon does its work itself, or starts its own program, from now on: it can be silent from now on.</summary>
    public void MarkWorkBegun()
    {
        Interlocked.Exchange(ref workBegunAt, clock.GetTimestamp());
        workBegun = true;
    }

    public async ValueTask DisposeAsync()
    {
        held.StartedAnew -= Restart;
        await timeout.DisposeAsync();
        if (silence is not null) await silence.DisposeAsync();
    }

    /// <summary>The server said yes once more before anything began, and counts from that.</summary>
    private void Restart()
    {
        supervised?.RestartTime();
        lock (gate)
        {
            began = checkedAt = clock.GetTimestamp();
            Arm(limit);
        }
    }

    private void CheckTimeout()
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (!HasBegun && clock.GetElapsedTime(checkedAt, now) >= FrozenAfter) began += now - checkedAt;
            checkedAt = now;
            if (limit - clock.GetElapsedTime(began, now) is var left && left > TimeSpan.Zero)
            {
                Arm(left);
                return;
            }
        }
        // While a program runs under its supervisor, that keeps the clocks: here it can look as if it still ran when it has ended. What
        // waits for the line alone is not late, and while the yes is asked for again nothing is.
        if (!held.HasProgramEnded && !held.IsConfirming && supervised is not { IsRunning: true }) held.Stop.Request(StopReason.Timeout);
    }

    /// <summary>Only a look in between can tell that the process was frozen.</summary>
    private void Arm(TimeSpan left) =>
        timeout.Change(HasBegun || left < CheckInterval ? left : CheckInterval, Timeout.InfiniteTimeSpan);

    private long GetLastSign() =>
        held.IsConfirming || !HasBegun ? clock.GetTimestamp()
            : Math.Max(lastWrite(), Math.Max(Interlocked.Read(ref began), Interlocked.Read(ref workBegunAt)));
}
