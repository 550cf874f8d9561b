using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using LogChunk = OpenClaw.GrainInterfaces.Output.OutputChunk;

namespace OpenClaw.Gateway.Attempts;

/// <summary>POST /worker/attempts/{id}/start, /output and /result.</summary>
internal sealed class AttemptEndpoints(IGrainFactory grains, SessionGate gate, IOutputLog output, AttemptReports desk, TimeProvider clock)
{
    public async Task HandleStart(HttpContext context)
    {
        var (start, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.StartAttempt, Limits.WorkerBody);
        if (await AuthorizeAttempt(context, start?.Session, problem) is not { } entry) return;
        var reply = await grains.GetTaskGrain(entry.Attempt.Task).Start(entry.Holder, entry.Attempt.Attempt);
        if (reply.Rejection == Rejection.None)
        {
            var id = AttemptId.FormatId(entry.Attempt.Task, reply.Attempt);
            await context.Answer(new StartedAttempt(id, reply.Attempt, start!.Session), ProtocolJson.Default.StartedAttempt);
            return;
        }
        if (reply.Rejection == Rejection.NotFound) desk.AuditForeign(entry.Attempt.Task, entry.Holder, entry.Attempt.Attempt);
        await context.AnswerProblem(ProblemTable.FromRejection(reply.Rejection));
    }

    public Task HandleOutput(HttpContext context) => FrameReader.CanRead(context.Request) ? AppendFrames(context) : AppendJson(context);

    private async Task AppendJson(HttpContext context)
    {
        var (append, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.AppendOutput, Limits.OutputBody);
        if (await AuthorizeAttempt(context, append?.Session, problem) is not { } entry) return;
        var errors = new FieldErrors();
        var chunks = AttemptRules.ToChunks(append!.Chunks, "chunks", entry.Attempt.Attempt, clock.GetUtcNow(), errors);
        if (chunks is null) await context.AnswerProblem(Problem400.ForFields(errors.ToArray()));
        else await AppendChunks(context, entry, append.Session, chunks);
    }

    private async Task AppendFrames(HttpContext context)
    {
        var session = context.Request.Headers[OutputFrames.SessionHeader];
        AttemptId.TryReadRoute(context, out var attempt);
        var (chunks, problem) = session.Count == 1
            ? await FrameReader.ReadChunks(context, attempt.Attempt, clock.GetUtcNow())
            : (null, Problem400.ForField(OutputFrames.SessionHeader, "must be given once"));
        if (await AuthorizeAttempt(context, session is [var one] ? one : null, problem) is not { } entry) return;
        await AppendChunks(context, entry, session.ToString(), chunks!);
    }

    private async Task AppendChunks(
        HttpContext context, (AttemptRef Attempt, Holder Holder) entry, string session, IReadOnlyList<LogChunk> chunks)
    {
        if (await FindOwnership(context, entry) is not { } standing) return;
        if (standing is not (AttemptOwnership.Running or AttemptOwnership.Late))
        {
            await AnswerOutputProblem(context, entry, standing);
            return;
        }
        var (task, number) = (entry.Attempt.Task, entry.Attempt.Attempt);
        var (joins, next) = await desk.AppendOutput(task, standing, chunks, context.RequestAborted);
        if (!joins) await context.AnswerProblem(CreateGapProblem(next!.Value));
        else if (next is null && chunks.Count > 0) await AnswerOutputProblem(context, entry, AttemptOwnership.Ended);
        else
        {
            var log = standing == AttemptOwnership.Late ? LateOutput.ToLog(number) : number;
            var taken = new OutputTaken(
                AttemptId.FormatId(task, number), session,
                    ToNextOutput(next ?? await output.ReadCursor(task, log, context.RequestAborted)));
            await context.Answer(taken, ProtocolJson.Default.OutputTaken);
        }
    }

    public async Task HandleResult(HttpContext context)
    {
        var (result, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.AttemptResult, Limits.ResultBody);
        if (await AuthorizeAttempt(context, result?.Session, problem) is not { } entry) return;
        var errors = new FieldErrors();
        var (task, number) = (entry.Attempt.Task, entry.Attempt.Attempt);
        var chunks = AttemptRules.ToChunks(result!.Output, "output", number, clock.GetUtcNow(), errors);
        if (AttemptRules.ToOutcome(result, number, errors) is not { } outcome || chunks is null)
        {
            await context.AnswerProblem(Problem400.ForFields(errors.ToArray()));
            return;
        }
        if (await FindOwnership(context, entry) is not { } standing) return;
        // From here on it is recorded, whether the worker still listens or not.
        var (joins, next) = await desk.AppendOutput(task, standing, chunks, CancellationToken.None);
        if (!joins)
        {
            await context.AnswerProblem(CreateGapProblem(next!.Value));
            return;
        }
        var reply = await desk.FinishAttempt(task, entry.Holder, outcome);
        if (reply.Rejection != Rejection.None)
        {
            await context.AnswerProblem(ProblemTable.FromRejection(reply.Rejection));
            return;
        }
        var answer = new ResultTaken(ToWireName(reply.Fate), reply.State.ToWireName(), AttemptId.FormatId(task, number), result.Session);
        await context.Answer(answer, ProtocolJson.Default.ResultTaken);
    }

    /// <summary>The attempt of the route and the live session of the body; null when the request has been answered.</summary>
    internal async ValueTask<(AttemptRef Attempt, Holder Holder)?> AuthorizeAttempt(HttpContext context, string? session, Problem? problem)
    {
        if (problem is not null) await context.AnswerProblem(problem);
        else if (!AttemptId.TryReadRoute(context, out var attempt))
            await context.AnswerProblem(ProblemTable.FromRejection(Rejection.NotFound));
        else if (await gate.AdmitSession(context.GetCaller(), session!) is { } live) return (attempt, live.Holder);
        else await context.AnswerProblem(ProblemTable.SessionSuperseded);
        return null;
    }

    /// <summary>How the worker stands to the attempt; null when it is a stranger, which has been answered.</summary>
    private async ValueTask<AttemptOwnership?> FindOwnership(HttpContext context, (AttemptRef Attempt, Holder Holder) entry)
    {
        var standing = await AttemptOwnerships.LoadAndJudge(grains.GetTaskGrain(entry.Attempt.Task), entry.Holder, entry.Attempt.Attempt);
        if (standing != AttemptOwnership.Foreign) return standing;
        desk.AuditForeign(entry.Attempt.Task, entry.Holder, entry.Attempt.Attempt);
        await context.AnswerProblem(ProblemTable.FromRejection(Rejection.NotFound));
        return null;
    }

    private async Task AnswerOutputProblem(HttpContext context, (AttemptRef Attempt, Holder Holder) entry, AttemptOwnership standing)
    {
        desk.AuditStale(entry.Attempt.Task, entry.Holder, entry.Attempt.Attempt);
        var cursor = await output.ReadCursor(entry.Attempt.Task, entry.Attempt.Attempt, context.RequestAborted);
        var rejection = standing == AttemptOwnership.Ended ? Rejection.AlreadyEnded : Rejection.AttemptSuperseded;
        await context.AnswerProblem(ProblemTable.FromRejection(rejection) with { Next = ToNextOutput(cursor) });
    }

    private static Problem CreateGapProblem(OutputCursor next) =>
        ProblemTable.CreateProblem(409, ProblemTypes.OutputGap, "The chunk does not join what is kept; go on from next.")
            with { Next = ToNextOutput(next) };

    private static NextOutput ToNextOutput(OutputCursor cursor) => new(cursor.NextSequence, cursor.StdoutOffset, cursor.StderrOffset);

    private static string ToWireName(ResultFate fate) => fate switch
    {
        ResultFate.Recorded => "recorded",
        ResultFate.Duplicate => "duplicate",
        ResultFate.Late => "late",
        _ => throw new ArgumentOutOfRangeException(nameof(fate), fate, "not a fate"),
    };
}
