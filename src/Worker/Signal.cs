namespace OpenClaw.Worker;

/// <summary>Wakes one waiter. Setting it twice before it is waited for wakes once; setting it before the wait is not lost.</summary>
internal sealed class Signal
{
    private readonly SemaphoreSlim set = new(0, 1);
    private readonly Lock gate = new();

    public void Set()
    {
        lock (gate)
        {
            if (set.CurrentCount == 0) set.Release();
        }
    }

    public Task Wait(CancellationToken cancellation) => set.WaitAsync(cancellation);

    /// <summary>Returns when set or when the time is over; throws only when cancelled.</summary>
    public async Task Wait(TimeSpan time, TimeProvider clock, CancellationToken cancellation)
    {
        using var over = new CancellationTokenSource(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);
        try
        {
            await set.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The time is over.
        }
    }
}
