using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>
/// Ends a turn of which nothing was heard from the model for so long: an agent that waits for its input, a login, or a server that never
/// answers. What its program says of itself does not count, neither at the start nor that it can't reach the server. A server that answers
/// with an error and is asked again is there: from then on the model has the whole time anew. The time counts from when the program may
/// start, not while the server is asked for that. A turn that a daemon before this one began has what is left of the time, and is judged
/// only when all it has printed was read.
/// </summary>
internal sealed class FirstOutputWatch : IAsyncDisposable
{
    private readonly ITimer? timer;
    private readonly TimeSpan limit;
    private TimeSpan left;
    private bool waitsForReplay;
    private bool off;

    public FirstOutputWatch(TimeSpan limit, TimeSpan? takenUpAfter, AttemptStop stop, TimeProvider clock)
    {
        this.limit = limit;
        if (limit <= TimeSpan.Zero) return;
        left = takenUpAfter is { } age && age < limit ? limit - age : takenUpAfter is null ? limit : TimeSpan.Zero;
        waitsForReplay = takenUpAfter is not null;
        timer = clock.CreateTimer(
            _ => stop.Request(StopReason.NoFirstOutput), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// The program may start. Said of a turn of before, too, when that had not come so far: then it has the whole time. Called before
    /// anything of its output is read.
    /// </summary>
    public void ReportStarted()
    {
        (left, waitsForReplay) = (limit, false);
        timer?.Change(left, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the wait at the first sign of the model.</summary>
    public void ObserveEvent(TurnEvent turnEvent)
    {
        switch (turnEvent)
        {
            case TurnEvent.ApiError { Error: { ServerAnswered: true, RetryAfter: { } pause } } when !off:
                left = limit + pause;
                if (!waitsForReplay) timer?.Change(left, Timeout.InfiniteTimeSpan);
                break;
            case TurnEvent.ModelAlive or TurnEvent.Text or TurnEvent.Tool or TurnEvent.Ended:
                (off, waitsForReplay) = (true, false);
                timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    /// <summary>What was printed before this daemon resumed the run has been read. Called on the thread that reads the output.</summary>
    public void ReportCaughtUp()
    {
        if (!waitsForReplay) return;
        waitsForReplay = false;
        timer?.Change(left, Timeout.InfiniteTimeSpan);
    }

    public ValueTask DisposeAsync() => timer?.DisposeAsync() ?? ValueTask.CompletedTask;
}
