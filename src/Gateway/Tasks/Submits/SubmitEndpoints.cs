using System.Text.Json.Serialization.Metadata;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.Gateway.Webhooks.Targets;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks.Submits;

/// <summary>Every route that makes a task: read, validate, route, reserve, create. The answer comes after the commit.</summary>
internal sealed class SubmitEndpoints(
    IGrainFactory grains, TaskReader reader, SubmitRouter router, SubmitRoom room, CallbackTargets targets, TimeProvider clock)
    : IEndpoint
{
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        MapSubmission(routes, Submissions.Command, AccessPolicy.SubmitTasks);
        MapSubmission(routes, Submissions.FileWrite, AccessPolicy.SubmitTasks);
        MapSubmission(routes, Submissions.FileRead, AccessPolicy.SubmitTasks);
        MapSubmission(routes, Submissions.FileEdit, AccessPolicy.SubmitTasks);
        MapSubmission(routes, Submissions.FileUpload, AccessPolicy.SubmitTasks);
        foreach (var agent in Agents.All) MapSubmission(routes, Submissions.CreateForTurns(agent), AccessPolicy.RunAgents);
    }

    private void MapSubmission<T>(IEndpointRouteBuilder routes, Submission<T> kind, AccessPolicy policy) where T : Envelope =>
        routes.MapChange(kind.Route, context => HandleSubmit(context, kind)).RequirePolicy(policy);

    private async ValueTask<Reply> HandleSubmit<T>(HttpContext context, Submission<T> kind) where T : Envelope
    {
        // All that the body became belongs to another method, which is over: it is garbage also while the end is waited for.
        var (created, problem) = await ReadAndCreateTask(context, kind);
        if (problem is not null) return problem;
        LargeBodies.EndTurn(context);
        var task = created.Task;
        if (created.Wait > 0 && task is not null)
        {
            var wait = TimeSpan.FromMilliseconds(Math.Min(created.Wait, Limits.Wait));
            var end = reader.WaitForEnd(created.Id, context.GetCaller(), wait, context.RequestAborted);
            task = await context.HoldUntilReady(end, wait, HeldAnswers.Beat, clock) ?? task;
            if (task.State.IsEnd())
            {
                var view = await reader.BuildView(task, context.GetCaller(), context.RequestAborted);
                return Reply.FromValue(view, ProtocolJson.Default.TaskView);
            }
        }
        var session = task is null ? null : TaskViews.GetSessionId(task.Spec);
        var submitted = new Submitted { TaskId = created.Id.ToString("D"), SessionId = session, Message = kind.Message };
        return Reply.FromValue(submitted, ProtocolJson.Default.Submitted);
    }

    /// <summary>The five steps, each of which may find a problem: then the task is not made.</summary>
    private async ValueTask<(CreatedTask Task, Problem? Problem)> ReadAndCreateTask<T>(HttpContext context, Submission<T> kind)
        where T : Envelope
    {
        var caller = context.GetCaller();
        var (body, unreadable) = await StrictJson.ReadValue(context, kind.Json, kind.BodyLimit);
        if (body is null) return (default, unreadable);
        body = kind.Unfold(body);
        var (submit, invalid) = ValidateSubmit(context, kind, body, out var id, out var keyed);
        if (submit is null) return (default, invalid);
        var (spec, unroutable) = submit.IsRoutedByEnvelope
            ? new Reading<TaskSpec>(TaskSpecs.CreateSpec(body, submit, caller.Tenant), null)
            : await router.RouteByWorkers(body, submit, caller, id, keyed);
        if (spec is null) return (default, unroutable);
        // Judged where it would run: a turn goes where its conversation is.
        if (caller.FindForbidden(spec) is { } forbidden) return (default, ProblemTable.CreateForbidden(forbidden));
        // The repeat of a submit that was taken needs no room.
        var (full, booking) = await room.Reserve(caller);
        using var booked = booking;
        if (full is not null && !(keyed && await grains.GetTaskGrain(id).Get() is not null)) return (default, full);
        return await CreateTask(context, kind, body, spec, id, keyed);
    }

    /// <summary>Checks all fields at once. A client's key decides the id, so that a repeat finds the task of the first time.</summary>
    private Reading<ValidatedSubmit> ValidateSubmit<T>(HttpContext context, Submission<T> kind, T body, out Guid id, out bool keyed)
        where T : Envelope
    {
        id = Guid.CreateVersion7(clock.GetUtcNow());
        var errors = new FieldErrors();
        var key = ReadIdempotencyKey(context, errors);
        var submit = kind.Validate(body, id, errors);
        if (!errors.Any && body.CallbackUrl is { } url && targets.FindRefusal(new Uri(url)) is { } refusal)
            errors.Add("callbackUrl", refusal);
        if (kind.FindStatement(body) is { } statement)
        {
            if ((statement.Tenant ?? TaskStatement.DefaultTenant) != context.GetCaller().Tenant)
                errors.Add("signed.payload.tenant", "is not the tenant of this token");
            // Sent twice it is one task: a worker would run the other one never.
            key ??= $"signed:{statement.Id}";
        }
        keyed = key is not null;
        if (key is not null) id = TaskIds.FromKey(context.GetCaller(), key);
        if (submit is null || errors.Any) return new(null, Problem400.ForFields(errors.ToArray()));
        var missing = FindNeededScopes(submit) & ~context.GetCaller().Rights.Scopes;
        return missing == Scopes.None ? new(submit, null) : new(null, ProblemTable.CreateForbidden(ScopeTable.GetFirstName(missing)));
    }

    /// <summary>
    /// What a submit asks for beside a task: POST /tasks takes turns of agents as well, and the answer of one may be posted to a channel,
    /// where whoever asked for it can read it. Pure.
    /// </summary>
    internal static Scopes FindNeededScopes(ValidatedSubmit submit) => submit.Turn switch
    {
        null => Scopes.None,
        { Payload.CallbackChannel: not null } => Scopes.RunAgents | Scopes.Notify | Scopes.ReadPayloads,
        _ => Scopes.RunAgents,
    };

    private async ValueTask<(CreatedTask Task, Problem? Problem)> CreateTask<T>(
        HttpContext context, Submission<T> kind, T body, TaskSpec spec, Guid id, bool keyed) where T : Envelope
    {
        var trace = RequestTrace.FindTraceParent(context);
        if (keyed || trace is not null)
        {
            spec = spec with { RequestDigest = keyed ? TaskSpecs.ComputeDigest(kind.Route, body, kind.Json) : null, TraceParent = trace };
        }
        var reply = await grains.GetTaskGrain(id).Submit(spec, context.GetCaller().Actor);
        if (reply.Rejection != Rejection.None) return (default, ProblemTable.FromRejection(reply.Rejection));
        return (new CreatedTask(id, reply.Task, body.Wait ?? 0), null);
    }

    private static string? ReadIdempotencyKey(HttpContext context, FieldErrors errors)
    {
        var header = context.Request.Headers["Idempotency-Key"];
        if (header.Count == 0) return null;
        if (header.Count > 1) errors.Add("Idempotency-Key", "must be given once");
        else Envelope.ValidateIdempotencyKey(header[0], errors);
        return header[0];
    }

    /// <summary>A task that is on disk, and how long its end is to be waited for, ms.</summary>
    private readonly record struct CreatedTask(Guid Id, TaskSnapshot? Task, long Wait);
}

/// <summary>What differs between the routes that make a task.</summary>
/// <param name="Route">The path.</param>
/// <param name="Json">The type of the body.</param>
/// <param name="BodyLimit">Bytes of the body, at most.</param>
/// <param name="Message">What the answer says to people.</param>
/// <param name="Validate">Checks the fields; the id is the task's, of which a new conversation takes its own.</param>
internal sealed record Submission<T>(
    string Route, JsonTypeInfo<T> Json, int BodyLimit, string Message, Func<T, Guid, FieldErrors, ValidatedSubmit?> Validate)
    where T : Envelope
{
    /// <summary>Adds the fields that are said in what was signed alone.</summary>
    public Func<T, T> Unfold { get; init; } = submit => submit;

    /// <summary>What was signed; null: nothing.</summary>
    public Func<T, TaskStatement?> FindStatement { get; init; } = _ => null;
}

/// <summary>The routes that make a task.</summary>
internal static class Submissions
{
    private static readonly ProtocolJson Json = ProtocolJson.Default;

    public static readonly Submission<SubmitTask> Command = new(
        Routes.Tasks, Json.SubmitTask, Limits.SubmitBody, "Task created, waiting for worker",
        (task, _, errors) => task.ToValidatedSubmit(errors))
    {
        Unfold = task => task.Unfold(), FindStatement = task => task.FindStatement(),
    };

    public static readonly Submission<SubmitFileWrite> FileWrite = new(
        Routes.FileWrite, Json.SubmitFileWrite, Limits.FileWriteBody, "File write task created",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static readonly Submission<SubmitFileRead> FileRead = new(
        Routes.FileRead, Json.SubmitFileRead, Limits.SubmitBody, "File read task created",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static readonly Submission<SubmitFileEdit> FileEdit = new(
        Routes.FileEdit, Json.SubmitFileEdit, Limits.SubmitBody, "File edit task created",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static readonly Submission<SubmitFileUpload> FileUpload = new(
        Routes.FileUpload, Json.SubmitFileUpload, Limits.FileWriteBody, "File upload task created",
        (task, _, errors) => task.ToValidatedSubmit(errors));

    public static Submission<SubmitTurn> CreateForTurns(Agent agent) => new(
        agent.Route, Json.SubmitTurn, Limits.SubmitBody, $"{agent.Title} CLI task created",
        (task, id, errors) => task.ToValidatedSubmit(agent, id.ToString("D"), errors));
}
