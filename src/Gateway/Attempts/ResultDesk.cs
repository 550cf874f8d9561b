using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Attempts;

/// <summary>Takes the report of an attempt: its output first, then its end, so that nobody reads an end without its output.</summary>
internal sealed class ResultDesk(
    IGrainFactory grains, IOutputLog output, IAuditTrail audit, TimeProvider clock, IEnumerable<ITurnListener> listeners)
{
    private readonly ITurnListener[] listeners = [.. listeners];

    /// <summary>
    /// Appends what the attempt still had to say. The cursor is given when it does not join. An attempt that does not run on this
    /// worker any more changes no output.
    /// </summary>
    public async ValueTask<OutputCursor?> Append(Guid task, Standing standing, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation)
    {
        if (standing != Standing.Running || chunks.Count == 0) return null;
        var (result, cursor) = await output.Append(task, chunks, cancellation);
        return result == AppendResult.Gap ? cursor : null;
    }

    /// <summary>Records the end and tells those who want to know.</summary>
    public async ValueTask<FinishReply> Finish(Guid task, Holder holder, AttemptOutcome outcome)
    {
        var actor = new Actor(holder.TokenId ?? "unknown", holder.Address);
        var reply = await grains.GetGrain<ITaskGrain>(task).Finish(holder, outcome, actor);
        if (reply is { Fate: ResultFate.Recorded, Turn: { } turn })
        {
            foreach (var listener in listeners) listener.TurnEnded(task, turn, outcome);
        }
        if (reply.Rejection != Rejection.None) Note(WordFor(reply.Rejection), task, holder, outcome.Attempt);
        return reply;
    }

    /// <summary>Puts a refusal on record.</summary>
    public void Note(string what, Guid task, Holder holder, int attempt) => audit.Note(new AuditNote(
        clock.GetUtcNow(), what, holder.TokenId ?? "unknown", holder.Address, task, $"worker {holder.Worker}, attempt {attempt}"));

    private static string WordFor(Rejection rejection) => rejection switch
    {
        Rejection.ResultConflict => "result-conflict",
        Rejection.NotFound => "foreign-attempt",
        _ => "stale-attempt",
    };
}
