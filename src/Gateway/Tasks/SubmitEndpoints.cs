using System.Text.Json.Serialization.Metadata;
using OpenClaw.Gateway.Manifests;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Sessions;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>Every route that makes a task. The answer comes after the commit.</summary>
internal sealed class SubmitEndpoints(
    IGrainFactory grains, TaskReader reader, SessionRouter turns, CustomKindMatcher kinds, TenantCache facts, TimeProvider clock)
{
    private static readonly ProtocolJson Json = ProtocolJson.Default;

    private static readonly Submission<SubmitTask> Command = new(
        Routes.Tasks, Json.SubmitTask, Limits.SubmitBody, "Task created, waiting for worker", (
            task, _, errors) => task.ToValidatedSubmit(errors));

    private static readonly Submission<SubmitFileWrite> FileWrite = new(
        Routes.FileWrite, Json.SubmitFileWrite, Limits.FileWriteBody, "File write task created", (
            task, _, errors) => task.ToValidatedSubmit(errors));

    private static readonly Submission<SubmitFileRead> FileRead = new(
        Routes.FileRead, Json.SubmitFileRead, Limits.SubmitBody, "File read task created", (
            task, _, errors) => task.ToValidatedSubmit(errors));

    private static readonly Submission<SubmitFileEdit> FileEdit = new(
        Routes.FileEdit, Json.SubmitFileEdit, Limits.SubmitBody, "File edit task created", (
            task, _, errors) => task.ToValidatedSubmit(errors));

    private static readonly Submission<SubmitFileUpload> FileUpload = new(
        Routes.FileUpload, Json.SubmitFileUpload, Limits.FileWriteBody, "File upload task created", (
            task, _, errors) => task.ToValidatedSubmit(errors));

    private static Submission<SubmitTurn> CreateTurnSubmission(Agent agent) => new(
        agent.Route, Json.SubmitTurn, Limits.SubmitBody, $"{agent.Title} CLI task created",
        (task, id, errors) => task.ToValidatedSubmit(agent, id.ToString("D"), errors));

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        MapSubmission(routes, Command);
        MapSubmission(routes, FileWrite);
        MapSubmission(routes, FileRead);
        MapSubmission(routes, FileEdit);
        MapSubmission(routes, FileUpload);
        foreach (var agent in Agents.All) MapSubmission(routes, CreateTurnSubmission(agent));
    }

    private void MapSubmission<T>(IEndpointRouteBuilder routes, Submission<T> kind) where T : Envelope =>
        routes.MapPost(kind.Route, (RequestDelegate)(context => HandleSubmit(context, kind))).RequirePolicy(AccessPolicy.SubmitTasks);

    private async Task HandleSubmit<T>(HttpContext context, Submission<T> kind) where T : Envelope
    {
        // All that the body became belongs to another method, which is over: it is garbage also while the end is waited for.
        if (await Take(context, kind) is not { } taken) return;
        LargeBodies.EndTurn(context);
        await AnswerSubmit(context, taken, kind.Message);
    }

    /// <summary>Reads the request and makes the task; null when it is answered with a refusal.</summary>
    private async Task<Taken?> Take<T>(HttpContext context, Submission<T> kind) where T : Envelope
    {
        var caller = context.GetCaller();
        var (submit, problem) = await StrictJson.ReadValue(context, kind.Json, kind.BodyLimit);
        if (submit is null) return await Refuse(context, problem!);
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var errors = new FieldErrors();
        var key = ReadIdempotencyKey(context, errors);
        var made = kind.Validate(submit, id, errors);
        if (key is not null) id = TaskIds.FromKey(caller.Tenant, key);
        if (made is null || errors.Any || await RouteTask(submit, made, id, key is not null, caller, errors) is not { } spec)
            return await Refuse(context, Problem400.ForFields(errors.ToArray()));
        if (await facts.IsFull(caller.Tenant)) return await Refuse(context, ProblemTable.FromRejection(Rejection.BacklogFull));
        return await CreateTask(context, kind, submit, spec, id, key is not null);
    }

    private static async Task<Taken?> Refuse(HttpContext context, Problem problem)
    {
        await context.Answer(problem);
        return null;
    }

    /// <summary>What the cluster is to keep, with the conversation and the PC of a turn; null: see the errors.</summary>
    private async ValueTask<TaskSpec?> RouteTask(
        Envelope submit, ValidatedSubmit made, Guid id, bool keyed, Caller caller, FieldErrors errors)
    {
        var found = new FieldErrors();
        if (await turns.RouteTurn(made, submit.Worker, caller.Tenant, found, CancellationToken.None) is var (placed, worker)
            && await kinds.MatchWorker(submit with { Worker = worker }, placed, caller.Tenant, found) is var (envelope, label))
            return TaskSpecs.CreateSpec(envelope, placed, caller.Tenant, label);
        // The repeat of a submit that was taken is answered with its task, whatever became of the conversation since.
        if (keyed && await grains.GetTaskGrain(id).Get() is not null) return TaskSpecs.CreateSpec(submit, made, caller.Tenant);
        foreach (var error in found.ToArray()) errors.Add(error.Field, error.Message);
        return null;
    }

    private async Task<Taken?> CreateTask<T>(
        HttpContext context, Submission<T> kind, T submit, TaskSpec spec, Guid id, bool keyed) where T : Envelope
    {
        var caller = context.GetCaller();
        var trace = RequestTrace.FindTraceParent(context);
        if (keyed || trace is not null)
        {
            spec = spec with { RequestDigest = keyed ? TaskSpecs.ComputeDigest(kind.Route, submit, kind.Json) : null, TraceParent = trace };
        }
        var reply = await grains.GetTaskGrain(id).Submit(spec, caller.Actor);
        if (reply.Rejection != Rejection.None) return await Refuse(context, ProblemTable.FromRejection(reply.Rejection));
        return new Taken(id, reply.Task, submit.Wait ?? 0);
    }

    private async Task AnswerSubmit(HttpContext context, Taken taken, string message)
    {
        var task = taken.Task;
        if (taken.Wait > 0 && task is not null)
        {
            var most = TimeSpan.FromMilliseconds(Math.Min(taken.Wait, Limits.Wait));
            var end = reader.WaitForEnd(taken.Id, context.GetCaller(), most, context.RequestAborted);
            task = await context.HoldUntilReady(end, most, HeldAnswers.Beat, clock) ?? task;
            if (task.State.IsEnd())
            {
                await context.Answer(await reader.BuildView(task, context.RequestAborted), Json.TaskView);
                return;
            }
        }
        var session = task is null ? null : TaskViews.GetSessionId(task.Spec);
        var submitted = new Submitted { TaskId = taken.Id.ToString("D"), SessionId = session, Message = message };
        await context.Answer(submitted, Json.Submitted);
    }

    private static string? ReadIdempotencyKey(HttpContext context, FieldErrors errors)
    {
        var header = context.Request.Headers["Idempotency-Key"];
        if (header.Count == 0) return null;
        if (header.Count > 1) errors.Add("Idempotency-Key", "must be given once");
        else EnvelopeRules.ValidateIdempotencyKey(header[0], errors);
        return header[0];
    }

    /// <summary>A task that is on disk, and how long its end is to be waited for, ms.</summary>
    private readonly record struct Taken(Guid Id, TaskSnapshot? Task, long Wait);

    /// <summary>What differs between the routes.</summary>
    private sealed record Submission<T>(
        string Route, JsonTypeInfo<T> Json, int BodyLimit, string Message, Func<T, Guid, FieldErrors, ValidatedSubmit?> Validate)
        where T : Envelope;
}
