namespace OpenClaw.Worker.Processes.Supervision.Deadlines;

/// <summary>
/// The timers by which a supervisor ends its run, whether a daemon is there or not: timeout, silence, lease. Which timer is in which
/// process, and why, is in docs/adr/0023-timers-of-a-deadline.md.
/// </summary>
/// <remarks>
/// Three threads come here: the timers', the one that listens to the daemon, and the one that runs the program. While a living daemon has
/// not answered whether the program may start nothing runs and nothing is late: it may have been frozen, or be asking the server again,
/// whose new yes counts the time anew. Where no daemon is left the server counts alone, and so does this.
/// </remarks>
internal sealed class RunTimers : IAsyncDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    /// <summary>A timer may fire a little early.</summary>
    private static readonly TimeSpan TimerError = TimeSpan.FromMilliseconds(50);
    private readonly RunRequest order;
    private readonly AttemptStop stop;
    private readonly Func<long> lastWrite;
    private readonly TimeProvider clock;
    private readonly LeaseClock? lease;
    private readonly Lock gate = new();
    private ITimer? timeout;
    private ITimer? leaseCheck;
    private SilenceTimer? silence;
    private long? limit;
    private long began;
    private volatile bool hasBegun;
    private volatile bool isAlone;

    /// <param name="order">By which clocks it runs.</param>
    /// <param name="stop">Ends the run.</param>
    /// <param name="lastWrite">When the program printed something last.</param>
    /// <param name="clock">The clock that stands still while the machine sleeps; the lease has one of its own.</param>
    public RunTimers(RunRequest order, AttemptStop stop, Func<long> lastWrite, TimeProvider clock)
    {
        (this.order, this.stop, this.lastWrite, this.clock) = (order, stop, lastWrite, clock);
        (limit, hasBegun, began) = (order.Timeout, !order.AsksFirst, clock.GetTimestamp());
        if (order.Lease is { } time)
            lease = new(LeaseClock.ComputeEndDelay(FromMilliseconds(time)), BootTimeClock.GetElapsed, FromMilliseconds(order.LeaseAge));
    }

    /// <summary>The run ends when its lease was not renewed.</summary>
    public bool HasLease => lease is not null;

    /// <summary>Since the program was let start; before, since the order.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(Interlocked.Read(ref began));

    /// <summary>No daemon is there that could answer.</summary>
    public bool IsAlone { get => isAlone; set => isAlone = value; }

    private bool WaitsForDaemon => !hasBegun && !isAlone;

    /// <summary>Called once, before the program may start.</summary>
    public void Start()
    {
        if (order.Timeout is { } longest)
        {
            var time = FromMilliseconds(longest);
            lock (gate)
                timeout = clock.CreateTimer(_ => CheckTimeout(), null, time, time < CheckInterval ? CheckInterval : time);
        }
        silence = SilenceTimer.StartIfLimited(order.Silence is { } quiet ? FromMilliseconds(quiet) : null, GetLastSign, stop, clock);
        if (lease is not null) leaseCheck = clock.CreateTimer(_ => CheckLease(), null, CheckInterval, CheckInterval);
    }

    /// <summary>The program may start, and has this time (ms) from now; null: it has no limit.</summary>
    public void BeginTime(long? longest)
    {
        lock (gate)
        {
            Interlocked.Exchange(ref began, clock.GetTimestamp());
            hasBegun = true;
            if (longest is not { } left) return;
            limit = left;
            timeout?.Change(FromMilliseconds(left), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A renewal of the lease that was asked for so long ago was granted.</summary>
    public void RenewLease(TimeSpan ago) => lease?.Renew(ago);

    /// <summary>What the program has left of its time, ms; null: it has no limit.</summary>
    public long? GetTimeoutLeft()
    {
        lock (gate)
        {
            if (GetLower(limit, (long?)order.Spec.Timeout?.TotalMilliseconds) is not { } longest) return null;
            return hasBegun ? Math.Max(0, longest - (long)Elapsed.TotalMilliseconds) : longest;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (timeout is not null) await timeout.DisposeAsync();
        if (silence is not null) await silence.DisposeAsync();
        if (leaseCheck is not null) await leaseCheck.DisposeAsync();
    }

    private void CheckTimeout()
    {
        lock (gate)
        {
            // The yes may have come while this was on its way, and have set the timer anew.
            if (WaitsForDaemon || Elapsed + TimerError < FromMilliseconds(limit ?? 0)) return;
        }
        stop.Request(StopReason.Timeout);
    }

    private long GetLastSign() => WaitsForDaemon ? clock.GetTimestamp() : Math.Max(lastWrite(), Interlocked.Read(ref began));

    private void CheckLease()
    {
        if (lease!.Left <= TimeSpan.Zero) stop.Request(StopReason.LeaseLost);
    }

    private static long? GetLower(long? one, long? other) => one is { } a && other is { } b ? Math.Min(a, b) : one ?? other;

    private static TimeSpan FromMilliseconds(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
