using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Attempts;

/// <summary>
/// The server's yes to start an attempt. It counts for <see cref="AttemptTiming.StartLasts"/>, on the clock that stands still while the
/// machine sleeps and on the one that goes on. An older one is asked for again before anything is spawned: the task may have ended, or be
/// another attempt's, by now.
/// </summary>
/// <param name="ask">Asks the server until it has answered; true: yes, and it was given to <see cref="SetConfirmed"/>.</param>
/// <param name="clock">The clock.</param>
internal sealed class StartConfirmation(Func<CancellationToken, Task<bool>> ask, TimeProvider clock)
{
    private readonly Lock gate = new();
    private (long Steady, DateTimeOffset Wall)? granted;

    /// <summary>It counts now. A wall clock that was set makes it old, which costs a question.</summary>
    public bool IsFresh
    {
        get
        {
            lock (gate)
                return granted is var (steady, wall) && clock.GetElapsedTime(steady) <= AttemptTiming.StartLasts
                    && (clock.GetUtcNow() - wall).Duration() <= AttemptTiming.StartLasts;
        }
    }

    /// <summary>The server said yes to a question that was sent at these times of the two clocks.</summary>
    public void SetConfirmed(long steady, DateTimeOffset wall)
    {
        lock (gate)
            granted = (steady, wall);
    }

    /// <summary>False: the server says no. Throws when cancelled.</summary>
    public async Task<bool> EnsureFresh(CancellationToken cancellation) => IsFresh || await ask(cancellation);
}
