using OpenClaw.Gateway.Calls;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Workers;

/// <summary>
/// The time of a poll that is held: asked for in slices, so that a dead silo costs one slice, and over at once when the connection
/// has gone or the host is stopping.
/// </summary>
internal sealed class HeldPoll : IDisposable
{
    private readonly TimeProvider clock;
    private readonly TimeSpan wait;
    private readonly long began;
    private readonly CancellationToken aborted;
    private readonly CancellationTokenSource over;
    private RetryBudget budget;

    public HeldPoll(TimeProvider clock, TimeSpan wait, CancellationToken aborted, CancellationToken stopping)
    {
        (this.clock, this.wait, this.aborted) = (clock, wait, aborted);
        began = clock.GetTimestamp();
        budget = new RetryBudget(clock);
        over = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
        GatewayMetrics.Sessions.Increment();
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public bool IsAborted => aborted.IsCancellationRequested;

    /// <summary>The connection has gone or the host is stopping: nothing may be taken for this poll any more.</summary>
    public bool IsClosed => over.IsCancellationRequested;

    /// <summary>To be answered now, with whatever there is.</summary>
    public bool IsOver => over.IsCancellationRequested || clock.GetElapsedTime(began) >= wait;

    /// <summary>Asks the queue for at most the next slice. A queue that does not answer is asked again, by the next slice.</summary>
    public async ValueTask<PollReply> AskQueue(IQueueGrain queue, PollRequest request)
    {
        var left = wait - clock.GetElapsedTime(began);
        var slice = left < TimeSpan.Zero ? TimeSpan.Zero : HeldCalls.Shorten(left);
        try
        {
            var reply = await QueuePollCall.PollQueue(queue, request with { Wait = slice }, clock, over.Token);
            budget.Reset();
            return reply;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return new([], Superseded: false);
        }
        catch (Exception error) when (TransientErrors.IsTransient(error) && budget.TryGetPause(out var pause))
        {
            await Task.Delay(pause, clock, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new([], Superseded: false);
        }
    }

    public void Dispose()
    {
        GatewayMetrics.Sessions.Decrement();
        over.Dispose();
    }
}

/// <summary>
/// One question to a queue, answered soon after the time it allows, whatever became of the silo that holds the queue: nobody's poll
/// waits for a silo that hangs.
/// </summary>
internal static class QueuePollCall
{
    /// <summary>How long after the end of its wait an answer is still expected; then the call has failed.</summary>
    internal static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(2);

    /// <summary>The answer, or a <see cref="TimeoutException"/>: what an answer that still comes would give is given back.</summary>
    public static async Task<PollReply> PollQueue(
        IQueueGrain queue, PollRequest request, TimeProvider clock, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var asked = queue.Poll(request, over.Token);
        try
        {
            // Not given up at a cancel: a poll that is taken back answers what it took.
            return await asked.WaitAsync(request.Wait + MaxDelay, clock, CancellationToken.None);
        }
        catch (TimeoutException) when (!asked.IsCompleted)
        {
            await over.CancelAsync();
            _ = ReturnLateTasks(asked, queue);
            throw;
        }
    }

    private static async Task ReturnLateTasks(Task<PollReply> asked, IQueueGrain queue)
    {
        await ((Task)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (asked.IsCompletedSuccessfully && asked.Result.Tasks is { Length: > 0 } tasks) await queue.Return(tasks);
    }
}
