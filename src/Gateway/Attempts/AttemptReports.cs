using OpenClaw.Gateway.Calls;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Attempts;

/// <summary>Takes the report of an attempt: its output first, then its end, so that nobody reads an end without its output.</summary>
internal sealed class AttemptReports(
    IGrainFactory grains, IOutputLog output, IAuditTrail audit, TimeProvider clock, LiveOutput live,
    IEnumerable<ITurnListener> listeners)
{
    private readonly ITurnListener[] listeners = [.. listeners];

    /// <summary>
    /// Appends what the attempt still had to say: to its output, or beside it when the task has ended without its report. Whether it joins,
    /// and where the next chunk belongs; null: nothing was appended. An attempt that is not this worker's any more changes no output.
    /// </summary>
    public async ValueTask<(bool Joins, OutputCursor? Next)> AppendOutput(
        Guid task, AttemptOwnership ownership, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation)
    {
        if (chunks.Count == 0 || ownership is not (AttemptOwnership.Running or AttemptOwnership.Late)) return (true, null);
        if (ownership == AttemptOwnership.Running)
        {
            var (result, cursor) = await output.Append(task, chunks, cancellation);
            if (result == AppendResult.Appended)
            {
                live.PublishChunks(task, chunks);
                GatewayMetrics.CountAppended(chunks);
            }
            if (result != AppendResult.Ended) return (result != AppendResult.Gap, cursor);
            // It ended between the judgement of ownership and the append: without a report, or by a call like this one.
            if (await grains.GetTaskGrain(task).GetStored() is not { } ended || !AttemptOwnerships.LacksReport(ended)) return (true, null);
        }
        return await AppendLateOutput(task, chunks, cancellation);
    }

    private async ValueTask<(bool Joins, OutputCursor? Next)> AppendLateOutput(
        Guid task, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation)
    {
        var late = chunks.Select(chunk => chunk with { Attempt = LateOutput.ToLog(chunk.Attempt) }).ToList();
        var (result, cursor) = await output.Append(task, late, cancellation);
        if (result == AppendResult.Appended) GatewayMetrics.CountAppended(late);
        return (result != AppendResult.Gap, cursor);
    }

    /// <summary>Records the end and tells those who want to know.</summary>
    public async ValueTask<FinishReply> FinishAttempt(Guid task, Holder holder, AttemptOutcome outcome)
    {
        var actor = new Actor(holder.TokenId ?? AuditNote.Stranger, holder.Address);
        var repeats = RetryMeter.StartWatching();
        var reply = await grains.GetTaskGrain(task).Finish(holder, outcome, actor);
        // Recorded by the try whose answer was lost, and no listener has heard of it.
        if (reply.Fate == ResultFate.Duplicate && repeats.HasRetried) reply = reply with { Fate = ResultFate.Recorded };
        if (reply is { Fate: ResultFate.Recorded, Turn: { } turn })
        {
            foreach (var listener in listeners) listener.OnTurnEnded(task, turn, holder, reply.State);
        }
        // Other refusals the task notes itself; of a task that is not there for this worker, only we know.
        if (reply.Rejection == Rejection.NotFound) AuditForeign(task, holder, outcome.Attempt);
        return reply;
    }

    /// <summary>Puts on record that a worker named what is not its own.</summary>
    public void AuditForeign(Guid task, Holder holder, int attempt) => WriteAuditNote("foreign-attempt", task, holder, attempt);

    /// <summary>Puts on record that a worker named an attempt of old.</summary>
    public void AuditStale(Guid task, Holder holder, int attempt) => WriteAuditNote("stale-attempt", task, holder, attempt);

    private void WriteAuditNote(string what, Guid task, Holder holder, int attempt) => audit.AddNote(new AuditNote(
        clock.GetUtcNow(), what, holder.TokenId ?? AuditNote.Stranger, holder.Address, task, $"worker {holder.Worker}, attempt {attempt}"));
}
