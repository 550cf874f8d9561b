using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using LogChunk = OpenClaw.GrainInterfaces.Output.OutputChunk;

namespace OpenClaw.Gateway.Attempts;

/// <summary>POST /worker/attempts/{id}/start, /output and /result.</summary>
internal sealed class AttemptEndpoints(
    IGrainFactory grains, SessionGate gate, IOutputLog output, AttemptReports reports, TimeProvider clock) : IEndpoint
{
    private static readonly Problem NoSuchAttempt = ProblemTable.FromRejection(Rejection.NotFound);

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapAttemptCall(Routes.Start, StartAttempt);
        routes.MapAttemptCall(Routes.AttemptOutput, context =>
            FrameReader.CanRead(context.Request) ? AppendFrames(context) : AppendJson(context));
        routes.MapAttemptCall(Routes.AttemptResult, RecordResult);
    }

    private async ValueTask<Reply> StartAttempt(HttpContext context)
    {
        var (start, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.StartAttempt, Limits.WorkerBody);
        if (start is null) return problem!;
        (var attempt, problem) = await gate.AdmitAttempt(context, start.Session);
        if (problem is not null) return problem;
        var reply = await grains.GetTaskGrain(attempt.Task).Start(attempt.Holder, attempt.Number);
        if (reply.Rejection == Rejection.None)
        {
            var started = new StartedAttempt(AttemptId.FormatId(attempt.Task, reply.Attempt), reply.Attempt, start.Session);
            return Reply.FromValue(started, ProtocolJson.Default.StartedAttempt);
        }
        return await reports.DescribeRefusal(attempt, reply.Rejection);
    }

    private async ValueTask<Reply> AppendJson(HttpContext context)
    {
        var (append, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.AppendOutput, Limits.OutputBody);
        if (append is null) return problem!;
        (var attempt, problem) = await gate.AdmitAttempt(context, append.Session);
        if (problem is not null) return problem;
        var errors = new FieldErrors();
        var chunks = AttemptRules.ToChunks(append.Chunks, "chunks", attempt.Number, clock.GetUtcNow(), errors);
        return chunks is null
            ? Problem400.ForFields(errors.ToArray())
            : await AppendChunks(attempt, append.Session, chunks, context.RequestAborted);
    }

    private async ValueTask<Reply> AppendFrames(HttpContext context)
    {
        var session = context.Request.Headers[OutputFrames.SessionHeader];
        if (session is not [{ } name]) return Problem400.ForField(OutputFrames.SessionHeader, "must be given once");
        AttemptId.TryReadRoute(context, out var route);
        var (chunks, problem) = await FrameReader.ReadChunks(context, route.Attempt, clock.GetUtcNow());
        if (chunks is null) return problem!;
        (var attempt, problem) = await gate.AdmitAttempt(context, name);
        return problem is not null ? problem : await AppendChunks(attempt, name, chunks, context.RequestAborted);
    }

    private async ValueTask<Reply> AppendChunks(
        NamedAttempt attempt, string session, IReadOnlyList<LogChunk> chunks, CancellationToken aborted)
    {
        var ownership = await reports.LoadOwnership(attempt);
        if (ownership == AttemptOwnership.Foreign) return NoSuchAttempt;
        if (ownership is not (AttemptOwnership.Running or AttemptOwnership.Late))
            return await CreateOutputProblem(attempt, ownership, aborted);
        var (joins, next) = await reports.AppendOutput(attempt.Task, ownership, chunks, aborted);
        if (!joins) return CreateGapProblem(next!.Value);
        if (next is null && chunks.Count > 0) return await CreateOutputProblem(attempt, AttemptOwnership.Ended, aborted);
        var log = ownership == AttemptOwnership.Late ? LateOutput.ToLog(attempt.Number) : attempt.Number;
        next ??= await output.ReadCursor(attempt.Task, log, aborted);
        return Reply.FromValue(new OutputTaken(attempt.Id, session, ToNextOutput(next.Value)), ProtocolJson.Default.OutputTaken);
    }

    private async ValueTask<Reply> RecordResult(HttpContext context)
    {
        var (result, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.AttemptResult, Limits.ResultBody);
        if (result is null) return problem!;
        (var attempt, problem) = await gate.AdmitAttempt(context, result.Session);
        if (problem is not null) return problem;
        var errors = new FieldErrors();
        var chunks = AttemptRules.ToChunks(result.Output, "output", attempt.Number, clock.GetUtcNow(), errors);
        if (AttemptRules.ToOutcome(result, attempt.Number, errors) is not { } outcome || chunks is null)
            return Problem400.ForFields(errors.ToArray());
        // From here on it is recorded, whether the worker still listens or not.
        if (await reports.FinishWithOutput(attempt.Task, attempt.Holder, outcome, chunks) is { } plain)
            return CreateResultReply(attempt, result.Session, plain);
        var ownership = await reports.LoadOwnership(attempt);
        if (ownership == AttemptOwnership.Foreign) return NoSuchAttempt;
        var (joins, next) = await reports.AppendOutput(attempt.Task, ownership, chunks, CancellationToken.None);
        if (!joins) return CreateGapProblem(next!.Value);
        return CreateResultReply(attempt, result.Session, await reports.FinishAttempt(attempt.Task, attempt.Holder, outcome));
    }

    private static Reply CreateResultReply(NamedAttempt attempt, string session, FinishReply reply)
    {
        if (reply.Rejection != Rejection.None) return ProblemTable.FromRejection(reply.Rejection);
        var taken = new ResultTaken(ToWireName(reply.Fate), reply.State.ToWireName(), attempt.Id, session);
        return Reply.FromValue(taken, ProtocolJson.Default.ResultTaken);
    }

    private async ValueTask<Problem> CreateOutputProblem(NamedAttempt attempt, AttemptOwnership ownership, CancellationToken aborted)
    {
        reports.AuditStale(attempt.Task, attempt.Holder, attempt.Number);
        var cursor = await output.ReadCursor(attempt.Task, attempt.Number, aborted);
        var rejection = ownership == AttemptOwnership.Ended ? Rejection.AlreadyEnded : Rejection.AttemptSuperseded;
        return ProblemTable.FromRejection(rejection) with { Next = ToNextOutput(cursor) };
    }

    private static Problem CreateGapProblem(OutputCursor next)
    {
        var problem = ProblemTable.CreateProblem(409, ProblemTypes.OutputGap, "The chunk does not join what is kept; go on from next.");
        return problem with { Next = ToNextOutput(next) };
    }

    private static NextOutput ToNextOutput(OutputCursor cursor) => new(cursor.NextSequence, cursor.StdoutOffset, cursor.StderrOffset);

    private static string ToWireName(ResultFate fate) => fate switch
    {
        ResultFate.Recorded => "recorded",
        ResultFate.Duplicate => "duplicate",
        ResultFate.Late => "late",
        _ => throw new ArgumentOutOfRangeException(nameof(fate), fate, "not a fate"),
    };
}

/// <summary>
/// Problems on the routes of attempts name the attempt. Without that a worker could not tell "no such attempt" from "no such route", which
/// this server says to it as well when a proxy changes the path.
/// </summary>
internal static class AttemptProblems
{
    /// <summary>A worker's call about an attempt, whose id is in the route.</summary>
    public static void MapAttemptCall(this IEndpointRouteBuilder routes, string route, ReplyHandler handler) =>
        routes.MapChange(route, handler, NameAttempt).RequirePolicy(AccessPolicy.Work);

    private static Problem NameAttempt(HttpContext context, Problem problem) =>
        problem with { AttemptId = context.Request.RouteValues["id"] as string };
}
