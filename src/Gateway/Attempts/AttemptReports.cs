using OpenClaw.Gateway.Calls;
using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Attempts;

/// <summary>What an attempt is to the worker that names it.</summary>
internal enum AttemptOwnership
{
    None = 0,
    /// <summary>No such task for this worker: absent, another tenant's, or another worker's attempt.</summary>
    Foreign = 1,
    /// <summary>It was this worker's and a newer one began, or it has not begun and may become this worker's.</summary>
    NotCurrent = 2,
    /// <summary>The latest attempt, on this worker, of a task that has not ended.</summary>
    Running = 3,
    /// <summary>It was this worker's, and the task has ended.</summary>
    Ended = 4,
    /// <summary>It was this worker's, and the task has ended without its report: what it still says is kept beside the end.</summary>
    Late = 5,
}

internal static class AttemptOwnerships
{
    /// <summary>
    /// What the attempt is to the worker. Nobody is turned away by what the task's grain remembers: only an attempt that it knows to
    /// have begun can't turn out to be the worker's after all.
    /// </summary>
    public static async ValueTask<AttemptOwnership> LoadAndJudge(ITaskGrain grain, Holder holder, int attempt, IAuditTrail audit)
    {
        var task = await grain.Get();
        if (task is null || attempt > task.Attempt) task = await grain.GetStored();
        var judged = JudgeAttempt(task, holder, attempt);
        if (judged != AttemptOwnership.NotCurrent || attempt > task!.Attempt) return judged;
        // Whose an attempt of before was, the task remembers no longer, and its audit does.
        var rows = await audit.ReadEntries(task.Id, 0, CancellationToken.None);
        return rows.Any(row => row.Attempt == attempt && holder.HasName(row.Worker)) ? judged : AttemptOwnership.Foreign;
    }

    /// <summary>True for a task that ended without a report of its attempt.</summary>
    public static bool LacksReport(TaskSnapshot task) => task.State.IsEnd() && task is { Outcome: null, LateResult: null };

    /// <summary>The same by what the task says, which knows nothing of attempts before its latest.</summary>
    public static AttemptOwnership JudgeAttempt(TaskSnapshot? task, Holder holder, int attempt)
    {
        if (task is null || task.Spec.Tenant != holder.Tenant || attempt > task.Attempt + 1) return AttemptOwnership.Foreign;
        // One that has not begun exists for those alone who may be offered it.
        if (attempt > task.Attempt)
            return LabelSet.Covers(holder.Offers, task.Spec.Requires) ? AttemptOwnership.NotCurrent : AttemptOwnership.Foreign;
        if (attempt < task.Attempt) return AttemptOwnership.NotCurrent;
        var worker = task.StartedBy ?? task.Worker;
        var own = holder.Heartbeats ? holder.OwnsSession(worker, task.Epoch) : task.Epoch == 0 && worker == holder.Worker;
        if (!own) return AttemptOwnership.Foreign;
        // Given up by the server and not begun anew: what its worker still reports is the truth, and its output belongs to it.
        if (!task.State.IsEnd()) return AttemptOwnership.Running;
        return LacksReport(task) ? AttemptOwnership.Late : AttemptOwnership.Ended;
    }
}

/// <summary>
/// Takes the report of an attempt: output and end in one commit where that is little and the case is plain, else its output first, then its
/// end, so that nobody reads an end without its output.
/// </summary>
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

    /// <summary>
    /// Records the end with all that the attempt printed, in one commit, and tells those who want to know. Null: nothing was recorded; what
    /// the attempt is to the worker has to be looked at, then output and end are recorded one after the other.
    /// </summary>
    public async ValueTask<FinishReply?> FinishWithOutput(
        Guid task, Holder holder, AttemptOutcome outcome, IReadOnlyList<OutputChunk> chunks)
    {
        if (EndOutput.FromChunks(chunks) is not { } output) return null;
        var repeats = RetryMeter.StartWatching();
        var answer = await grains.GetTaskGrain(task).FinishWithOutput(holder, outcome, output, ToActor(holder));
        if (answer.IsApart) return null;
        var reply = TellOfEnd(task, holder, outcome, answer, repeats);
        if (reply.Fate == ResultFate.Recorded && chunks.Count > 0)
        {
            live.PublishChunks(task, output.ToChunks(reply.Attempt));
            GatewayMetrics.CountAppended(chunks);
        }
        return reply;
    }

    /// <summary>Records the end and tells those who want to know.</summary>
    public async ValueTask<FinishReply> FinishAttempt(Guid task, Holder holder, AttemptOutcome outcome)
    {
        var repeats = RetryMeter.StartWatching();
        var reply = await grains.GetTaskGrain(task).Finish(holder, outcome, ToActor(holder));
        return TellOfEnd(task, holder, outcome, reply, repeats);
    }

    private static Actor ToActor(Holder holder) => new(holder.TokenId ?? AuditNote.Stranger, holder.Address);

    private FinishReply TellOfEnd(Guid task, Holder holder, AttemptOutcome outcome, FinishReply reply, RetryMeter repeats)
    {
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

    /// <summary>What the attempt is to the worker. That it names a foreign one is put on record.</summary>
    public async ValueTask<AttemptOwnership> LoadOwnership(NamedAttempt attempt)
    {
        var (task, holder, number) = (grains.GetTaskGrain(attempt.Task), attempt.Holder, attempt.Number);
        var ownership = await AttemptOwnerships.LoadAndJudge(task, holder, number, audit);
        if (ownership == AttemptOwnership.Foreign) AuditForeign(attempt.Task, holder, number);
        return ownership;
    }

    /// <summary>A task's refusal as a problem: of another worker's attempt it tells no more than of one that is not there.</summary>
    public async ValueTask<Problem> DescribeRefusal(NamedAttempt attempt, Rejection rejection)
    {
        if (rejection == Rejection.NotFound) AuditForeign(attempt.Task, attempt.Holder, attempt.Number);
        else if (await LoadOwnership(attempt) == AttemptOwnership.Foreign) rejection = Rejection.NotFound;
        return ProblemTable.FromRejection(rejection);
    }

    /// <summary>Puts on record that a worker named what is not its own.</summary>
    public void AuditForeign(Guid task, Holder holder, int attempt) => WriteAuditNote("foreign-attempt", task, holder, attempt);

    /// <summary>Puts on record that a worker named an attempt of old.</summary>
    public void AuditStale(Guid task, Holder holder, int attempt) => WriteAuditNote("stale-attempt", task, holder, attempt);

    private void WriteAuditNote(string what, Guid task, Holder holder, int attempt) => audit.AddNote(new AuditNote(
        clock.GetUtcNow(), what, holder.TokenId ?? AuditNote.Stranger, holder.Address, task, $"worker {holder.Worker}, attempt {attempt}"));
}
