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
internal sealed class ResultDesk(
    IGrainFactory grains, IOutputLog output, IAuditTrail audit, TimeProvider clock, LiveOutput live,
    IEnumerable<ITurnListener> listeners)
{
    private readonly ITurnListener[] listeners = [.. listeners];

    /// <summary>
    /// Appends what the attempt still had to say: to its output, or beside it when the task has ended without its report. Whether it joins,
    /// and where the next chunk belongs; null: nothing was appended. An attempt that is not this worker's any more changes no output.
    /// </summary>
    public async ValueTask<(bool Joins, OutputCursor? Next)> Append(
        Guid task, Standing standing, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation)
    {
        if (chunks.Count == 0 || standing is not (Standing.Running or Standing.Late)) return (true, null);
        if (standing == Standing.Running)
        {
            var (result, cursor) = await output.Append(task, chunks, cancellation);
            if (result == AppendResult.Appended)
            {
                live.Publish(task, chunks);
                GatewayMetrics.Appended(chunks);
            }
            if (result != AppendResult.Ended) return (result != AppendResult.Gap, cursor);
            // It ended between the question how the worker stands and the append: without a report, or by a call like this one.
            if (await grains.Task(task).GetStored() is not { } ended || !Standings.LacksReport(ended)) return (true, null);
        }
        return await AppendLate(task, chunks, cancellation);
    }

    private async ValueTask<(bool Joins, OutputCursor? Next)> AppendLate(
        Guid task, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation)
    {
        var late = chunks.Select(chunk => chunk with { Attempt = LateOutput.LogOf(chunk.Attempt) }).ToList();
        var (result, cursor) = await output.Append(task, late, cancellation);
        if (result == AppendResult.Appended) GatewayMetrics.Appended(late);
        return (result != AppendResult.Gap, cursor);
    }

    /// <summary>Records the end and tells those who want to know.</summary>
    public async ValueTask<FinishReply> Finish(Guid task, Holder holder, AttemptOutcome outcome)
    {
        var actor = new Actor(holder.TokenId ?? AuditNote.Stranger, holder.Address);
        var repeats = Repeats.Watch();
        var reply = await grains.Task(task).Finish(holder, outcome, actor);
        // Recorded by the try whose answer was lost, and nobody has been told.
        if (reply.Fate == ResultFate.Duplicate && repeats.Any) reply = reply with { Fate = ResultFate.Recorded };
        if (reply is { Fate: ResultFate.Recorded, Turn: { } turn })
        {
            foreach (var listener in listeners) listener.TurnEnded(task, turn, holder, reply.State);
        }
        // Other refusals the task notes itself; of a task that is not there for this worker, only we know.
        if (reply.Rejection == Rejection.NotFound) NoteForeign(task, holder, outcome.Attempt);
        return reply;
    }

    /// <summary>Puts on record that a worker named what is not its own.</summary>
    public void NoteForeign(Guid task, Holder holder, int attempt) => Note("foreign-attempt", task, holder, attempt);

    /// <summary>Puts on record that a worker named an attempt of old.</summary>
    public void NoteStale(Guid task, Holder holder, int attempt) => Note("stale-attempt", task, holder, attempt);

    private void Note(string what, Guid task, Holder holder, int attempt) => audit.Note(new AuditNote(
        clock.GetUtcNow(), what, holder.TokenId ?? AuditNote.Stranger, holder.Address, task, $"worker {holder.Worker}, attempt {attempt}"));
}
