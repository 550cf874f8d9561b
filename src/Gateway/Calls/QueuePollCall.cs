using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Calls;

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
