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
    IGrainFactory grains, TaskReader reader, TurnDesk turns, KindDesk kinds, TenantFacts facts, TimeProvider clock)
{
    private static readonly ProtocolJson Json = ProtocolJson.Default;

    private static readonly Submission<SubmitTask> Command = new(
        Routes.Tasks, Json.SubmitTask, Limits.SubmitBody, "Task created, waiting for worker", (task, _, errors) => task.Seal(errors));

    private static readonly Submission<SubmitFileWrite> FileWrite = new(
        Routes.FileWrite, Json.SubmitFileWrite, Limits.FileWriteBody, "File write task created", (task, _, errors) => task.Seal(errors));

    private static readonly Submission<SubmitFileRead> FileRead = new(
        Routes.FileRead, Json.SubmitFileRead, Limits.SubmitBody, "File read task created", (task, _, errors) => task.Seal(errors));

    private static readonly Submission<SubmitFileEdit> FileEdit = new(
        Routes.FileEdit, Json.SubmitFileEdit, Limits.SubmitBody, "File edit task created", (task, _, errors) => task.Seal(errors));

    private static readonly Submission<SubmitFileUpload> FileUpload = new(
        Routes.FileUpload, Json.SubmitFileUpload, Limits.FileWriteBody, "File upload task created", (task, _, errors) => task.Seal(errors));

    private static Submission<SubmitTurn> Turn(Agent agent) => new(
        agent.Route, Json.SubmitTurn, Limits.SubmitBody, $"{agent.Title} CLI task created",
        (task, id, errors) => task.Seal(agent, id.ToString("D"), errors));

    public void Map(IEndpointRouteBuilder routes)
    {
        MapOne(routes, Command);
        MapOne(routes, FileWrite);
        MapOne(routes, FileRead);
        MapOne(routes, FileEdit);
        MapOne(routes, FileUpload);
        foreach (var agent in Agents.All) MapOne(routes, Turn(agent));
    }

    private void MapOne<T>(IEndpointRouteBuilder routes, Submission<T> kind) where T : Envelope =>
        routes.MapPost(kind.Route, (RequestDelegate)(context => Submit(context, kind))).Requires(Policy.SubmitTasks);

    private async Task Submit<T>(HttpContext context, Submission<T> kind) where T : Envelope
    {
        // All that the body became belongs to another method, which is over: it is garbage also while the end is waited for.
        if (await Take(context, kind) is not { } taken) return;
        LargeBodies.Leave(context);
        await Answer(context, taken, kind.Message);
    }

    /// <summary>Reads the request and makes the task; null when it is answered with a refusal.</summary>
    private async Task<Taken?> Take<T>(HttpContext context, Submission<T> kind) where T : Envelope
    {
        var caller = context.Caller();
        var (submit, problem) = await StrictJson.ReadAsync(context, kind.Json, kind.BodyLimit);
        if (submit is null) return await Refuse(context, problem!);
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var errors = new FieldErrors();
        var key = Key(context, errors);
        var made = kind.Seal(submit, id, errors);
        if (key is not null) id = TaskIds.OfKey(caller.Tenant, key);
        if (made is null || errors.Any || await Placed(submit, made, id, key is not null, caller, errors) is not { } spec)
            return await Refuse(context, Problem400.Fields(errors.ToArray()));
        if (await facts.IsFull(caller.Tenant)) return await Refuse(context, ProblemTable.Of(Rejection.BacklogFull));
        return await Make(context, kind, submit, spec, id, key is not null);
    }

    private static async Task<Taken?> Refuse(HttpContext context, Problem problem)
    {
        await context.Answer(problem);
        return null;
    }

    /// <summary>What the cluster is to keep, with the conversation and the PC of a turn; null: see the errors.</summary>
    private async ValueTask<TaskSpec?> Placed(Envelope submit, SealedSubmit made, Guid id, bool keyed, Caller caller, FieldErrors errors)
    {
        var found = new FieldErrors();
        if (await turns.Place(made, submit.Worker, caller.Tenant, found, CancellationToken.None) is var (placed, worker)
            && await kinds.Place(submit with { Worker = worker }, placed, caller.Tenant, found) is var (envelope, label))
            return TaskSpecs.Of(envelope, placed, caller.Tenant, label);
        // The repeat of a submit that was taken is answered with its task, whatever became of the conversation since.
        if (keyed && await grains.Task(id).Get() is not null) return TaskSpecs.Of(submit, made, caller.Tenant);
        foreach (var error in found.ToArray()) errors.Add(error.Field, error.Message);
        return null;
    }

    private async Task<Taken?> Make<T>(HttpContext context, Submission<T> kind, T submit, TaskSpec spec, Guid id, bool keyed) where T : Envelope
    {
        var caller = context.Caller();
        var trace = RequestTrace.Of(context);
        if (keyed || trace is not null)
        {
            spec = spec with { RequestDigest = keyed ? TaskSpecs.Digest(kind.Route, submit, kind.Json) : null, TraceParent = trace };
        }
        var reply = await grains.Task(id).Submit(spec, caller.Actor);
        if (reply.Rejection != Rejection.None) return await Refuse(context, ProblemTable.Of(reply.Rejection));
        return new Taken(id, reply.Task, submit.Wait ?? 0);
    }

    private async Task Answer(HttpContext context, Taken taken, string message)
    {
        var task = taken.Task;
        if (taken.Wait > 0 && task is not null)
        {
            var most = TimeSpan.FromMilliseconds(Math.Min(taken.Wait, Limits.Wait));
            var end = reader.WaitForEnd(taken.Id, context.Caller(), most, context.RequestAborted);
            task = await context.Hold(end, most, HeldAnswers.Beat, clock) ?? task;
            if (task.State.IsEnd())
            {
                await context.Answer(await reader.View(task, context.RequestAborted), Json.TaskView);
                return;
            }
        }
        var session = task is null ? null : TaskViews.SessionId(task.Spec);
        var submitted = new Submitted { TaskId = taken.Id.ToString("D"), SessionId = session, Message = message };
        await context.Answer(submitted, Json.Submitted);
    }

    private static string? Key(HttpContext context, FieldErrors errors)
    {
        var header = context.Request.Headers["Idempotency-Key"];
        if (header.Count == 0) return null;
        if (header.Count > 1) errors.Add("Idempotency-Key", "must be given once");
        else EnvelopeRules.CheckKey(header[0], errors);
        return header[0];
    }

    /// <summary>A task that is on disk, and how long its end is to be waited for, ms.</summary>
    private readonly record struct Taken(Guid Id, TaskSnapshot? Task, long Wait);

    /// <summary>What differs between the routes.</summary>
    private sealed record Submission<T>(
        string Route, JsonTypeInfo<T> Json, int BodyLimit, string Message, Func<T, Guid, FieldErrors, SealedSubmit?> Seal)
        where T : Envelope;
}
