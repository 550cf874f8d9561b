using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>Reads, lists and cancels tasks.</summary>
internal sealed class TaskEndpoints(IGrainFactory grains, TaskReader reader, ITaskList tasks, TimeProvider clock) : IEndpoint
{
    private static readonly Problem NoSuchTask = ProblemTable.FromRejection(Rejection.NotFound);

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.Task, GetTask).RequirePolicy(AccessPolicy.ReadTasks);
        routes.MapRead(Routes.Tasks, ListTasks).RequirePolicy(AccessPolicy.ReadTasks);
        routes.MapChange(Routes.Cancel, CancelTask).RequirePolicy(AccessPolicy.CancelTasks);
    }

    private async ValueTask<Reply> GetTask(HttpContext context)
    {
        var caller = context.GetCaller();
        var wait = TimeSpan.Zero;
        if ((Query.ReadFlag(context, "output", true, out var withText) ?? Query.ReadWait(context, 0, Limits.Wait, out wait)) is { } problem)
            return problem;
        var text = context.Request.RouteValues["id"] as string;
        var task = wait > TimeSpan.Zero && !context.IsHead() && TaskIds.TryParse(text, out var id)
            ? await context.HoldUntilReady(reader.WaitForEnd(id, caller, wait, context.RequestAborted), wait, HeldAnswers.Beat, clock)
            : await reader.FindTask(text, caller);
        return await ReplyTask(context, task, withText);
    }

    private async ValueTask<Reply> CancelTask(HttpContext context)
    {
        var caller = context.GetCaller();
        if (await reader.FindTask(context.Request.RouteValues["id"] as string, caller) is not { } task) return NoSuchTask;
        var reply = await grains.GetTaskGrain(task.Id).Cancel(caller.Actor);
        // A task that has ended keeps its end; the answer's state tells which of the two came first.
        if (reply.Rejection is Rejection.None or Rejection.AlreadyEnded)
            return await ReplyTask(context, reply.Task ?? await reader.FindTask(task.Id.ToString("D"), caller));
        return ProblemTable.FromRejection(reply.Rejection);
    }

    private async ValueTask<Reply> ReplyTask(HttpContext context, TaskSnapshot? task, bool text = true) => task is null
        ? NoSuchTask
        : Reply.FromValue(await reader.BuildView(task, context.GetCaller(), context.RequestAborted, text), ProtocolJson.Default.TaskView);

    private async ValueTask<Reply> ListTasks(HttpContext context)
    {
        var errors = new FieldErrors();
        var caller = context.GetCaller();
        var query = TaskListQuery.Read(context.Request.QueryString.Value, caller.Tenant, errors);
        if (errors.Any) return Problem400.ForFields(errors.ToArray());
        var page = caller.Rights.Narrowing is null
            ? await tasks.ReadPage(query, context.RequestAborted)
            : await NarrowedList.ReadPage(tasks, query, caller, context.RequestAborted);
        var next = page.Next is { } cursor ? TaskListQuery.FormatCursor(cursor) : null;
        var now = clock.GetUtcNow();
        var view = new TaskListView([.. page.Tasks.Select(task => TaskViews.ToView(task, caller, now))], next);
        return Reply.FromValue(view, ProtocolJson.Default.TaskListView);
    }
}
