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
    private ClockReading? granted;

    /// <summary>It counts now.</summary>
    public bool IsFresh
    {
        get
        {
            lock (gate)
                return granted is { } at && at.IsWithin(AttemptTiming.StartLasts, clock);
        }
    }

    /// <summary>The server said yes to a question that was sent then.</summary>
    public void SetConfirmed(ClockReading sent)
    {
        lock (gate)
            granted = sent;
    }

    /// <summary>False: the server says no. Throws when cancelled.</summary>
    public async Task<bool> EnsureFresh(CancellationToken cancellation) => IsFresh || await ask(cancellation);
}
