using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts.Results;

namespace OpenClaw.Worker.Attempts.Pipeline;

/// <summary>Phase 7: the result goes to the server, for days if need be. Its answer ends the attempt here.</summary>
internal sealed class ReportPhase(ResultSender sender, PipelineContext context)
{
    private static readonly TimeSpan ShortDelivery = TimeSpan.FromSeconds(2);

    public async Task DeliverResult(SpooledResult spooled)
    {
        var delivery = sender.DeliverUntilAnswered(spooled.AttemptId, spooled.Result, context.Ending);
        // A slow delivery is announced by a heartbeat at once: until one names it as on its way the server may give the attempt up.
        await delivery.WaitAsync(ShortDelivery, context.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!delivery.IsCompleted) context.BeatNow();
        await delivery;
        if (spooled is { LargeHeap: true, Result.StdoutBytes: > 0 }) MemoryTrimmer.CollectGarbage();
    }

    /// <summary>What a daemon before this one left in the spool.</summary>
    public Task DeliverSpooled(string attemptId, AttemptResult result) =>
        sender.DeliverUntilAnswered(attemptId, result, context.Ending);
}
