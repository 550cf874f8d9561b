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
internal sealed class AttemptEndpoints(IGrainFactory grains, SessionGate gate, IOutputLog output, ResultDesk desk, TimeProvider clock)
{
    public async Task Start(HttpContext context)
    {
        var (start, problem) = await StrictJson.ReadAsync(context, ProtocolJson.Default.StartAttempt, Limits.WorkerBody);
        if (await Enter(context, start?.Session, problem) is not { } entry) return;
        var reply = await grains.Task(entry.Attempt.Task).Start(entry.Holder, entry.Attempt.Attempt);
        if (reply.Rejection == Rejection.None)
        {
            var id = AttemptId.Of(entry.Attempt.Task, reply.Attempt);
            await context.Answer(new StartedAttempt(id, reply.Attempt, start!.Session), ProtocolJson.Default.StartedAttempt);
            return;
        }
        if (reply.Rejection == Rejection.NotFound) desk.NoteForeign(entry.Attempt.Task, entry.Holder, entry.Attempt.Attempt);
        await context.Refuse(ProblemTable.Of(reply.Rejection));
    }

    public Task Output(HttpContext context) => FrameReader.Takes(context.Request) ? Framed(context) : Json(context);

    private async Task Json(HttpContext context)
    {
        var (append, problem) = await StrictJson.ReadAsync(context, ProtocolJson.Default.AppendOutput, Limits.OutputBody);
        if (await Enter(context, append?.Session, problem) is not { } entry) return;
        var errors = new FieldErrors();
        var chunks = AttemptRules.Chunks(append!.Chunks, "chunks", entry.Attempt.Attempt, clock.GetUtcNow(), errors);
        if (chunks is null) await context.Refuse(Problem400.Fields(errors.ToArray()));
        else await Append(context, entry, append.Session, chunks);
    }

    private async Task Framed(HttpContext context)
    {
        var session = context.Request.Headers[OutputFrames.SessionHeader];
        AttemptId.TryRoute(context, out var attempt);
        var (chunks, problem) = session.Count == 1
            ? await FrameReader.Read(context, attempt.Attempt, clock.GetUtcNow())
            : (null, Problem400.Field(OutputFrames.SessionHeader, "must be given once"));
        if (await Enter(context, session is [var one] ? one : null, problem) is not { } entry) return;
        await Append(context, entry, session.ToString(), chunks!);
    }

    private async Task Append(
        HttpContext context, (AttemptRef Attempt, Holder Holder) entry, string session, IReadOnlyList<LogChunk> chunks)
    {
        if (await Stand(context, entry) is not { } standing) return;
        if (standing is not (Standing.Running or Standing.Late))
        {
            await RefuseOutput(context, entry, standing);
            return;
        }
        var (task, number) = (entry.Attempt.Task, entry.Attempt.Attempt);
        var (joins, next) = await desk.Append(task, standing, chunks, context.RequestAborted);
        if (!joins) await context.Refuse(Gap(next!.Value));
        else if (next is null && chunks.Count > 0) await RefuseOutput(context, entry, Standing.Ended);
        else
        {
            var log = standing == Standing.Late ? LateOutput.LogOf(number) : number;
            var taken = new OutputTaken(
                AttemptId.Of(task, number), session, NextOf(next ?? await output.Cursor(task, log, context.RequestAborted)));
            await context.Answer(taken, ProtocolJson.Default.OutputTaken);
        }
    }

    public async Task Result(HttpContext context)
    {
        var (result, problem) = await StrictJson.ReadAsync(context, ProtocolJson.Default.AttemptResult, Limits.ResultBody);
        if (await Enter(context, result?.Session, problem) is not { } entry) return;
        var errors = new FieldErrors();
        var (task, number) = (entry.Attempt.Task, entry.Attempt.Attempt);
        var chunks = AttemptRules.Chunks(result!.Output, "output", number, clock.GetUtcNow(), errors);
        if (AttemptRules.Outcome(result, number, errors) is not { } outcome || chunks is null)
        {
            await context.Refuse(Problem400.Fields(errors.ToArray()));
            return;
        }
        if (await Stand(context, entry) is not { } standing) return;
        // From here on it is recorded, whether the worker still listens or not.
        var (joins, next) = await desk.Append(task, standing, chunks, CancellationToken.None);
        if (!joins)
        {
            await context.Refuse(Gap(next!.Value));
            return;
        }
        var reply = await desk.Finish(task, entry.Holder, outcome);
        if (reply.Rejection != Rejection.None)
        {
            await context.Refuse(ProblemTable.Of(reply.Rejection));
            return;
        }
        var answer = new ResultTaken(Word(reply.Fate), reply.State.WireName(), AttemptId.Of(task, number), result.Session);
        await context.Answer(answer, ProtocolJson.Default.ResultTaken);
    }

    /// <summary>The attempt of the route and the live session of the body; null when the request has been answered.</summary>
    internal async ValueTask<(AttemptRef Attempt, Holder Holder)?> Enter(HttpContext context, string? session, Problem? problem)
    {
        if (problem is not null) await context.Refuse(problem);
        else if (!AttemptId.TryRoute(context, out var attempt)) await context.Refuse(ProblemTable.Of(Rejection.NotFound));
        else if (await gate.Enter(context.Caller(), session!) is { } live) return (attempt, live.Holder);
        else await context.Refuse(ProblemTable.SessionSuperseded);
        return null;
    }

    /// <summary>How the worker stands to the attempt; null when it is a stranger, which has been answered.</summary>
    private async ValueTask<Standing?> Stand(HttpContext context, (AttemptRef Attempt, Holder Holder) entry)
    {
        var standing = await Standings.Find(grains.Task(entry.Attempt.Task), entry.Holder, entry.Attempt.Attempt);
        if (standing != Standing.Stranger) return standing;
        desk.NoteForeign(entry.Attempt.Task, entry.Holder, entry.Attempt.Attempt);
        await context.Refuse(ProblemTable.Of(Rejection.NotFound));
        return null;
    }

    private async Task RefuseOutput(HttpContext context, (AttemptRef Attempt, Holder Holder) entry, Standing standing)
    {
        desk.NoteStale(entry.Attempt.Task, entry.Holder, entry.Attempt.Attempt);
        var cursor = await output.Cursor(entry.Attempt.Task, entry.Attempt.Attempt, context.RequestAborted);
        var rejection = standing == Standing.Ended ? Rejection.AlreadyEnded : Rejection.AttemptSuperseded;
        await context.Refuse(ProblemTable.Of(rejection) with { Next = NextOf(cursor) });
    }

    private static Problem Gap(OutputCursor next) =>
        ProblemTable.Make(409, ProblemTypes.OutputGap, "The chunk does not join what is kept; go on from next.")
            with { Next = NextOf(next) };

    private static NextOutput NextOf(OutputCursor cursor) => new(cursor.NextSequence, cursor.StdoutOffset, cursor.StderrOffset);

    private static string Word(ResultFate fate) => fate switch
    {
        ResultFate.Recorded => "recorded",
        ResultFate.Duplicate => "duplicate",
        ResultFate.Late => "late",
        _ => throw new ArgumentOutOfRangeException(nameof(fate), fate, "not a fate"),
    };
}
