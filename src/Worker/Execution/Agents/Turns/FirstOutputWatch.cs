namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>
/// Ends a turn of which nothing was heard from the model for so long: an agent that waits for its input, a login, or a server that never
/// answers. What its program says of itself at the start does not count.
/// </summary>
internal sealed class FirstOutputWatch : IAsyncDisposable
{
    private readonly ITimer? timer;

    public FirstOutputWatch(TimeSpan limit, AttemptStop stop, TimeProvider clock) => timer = limit <= TimeSpan.Zero
        ? null : clock.CreateTimer(_ => stop.Request(StopReason.NoFirstOutput), null, limit, Timeout.InfiniteTimeSpan);

    /// <summary>Takes note of what the agent says.</summary>
    public void Heard(TurnEvent said)
    {
        if (said is not TurnEvent.Began) timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ValueTask DisposeAsync() => timer?.DisposeAsync() ?? ValueTask.CompletedTask;
}
