using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>Reads, lists and cancels tasks.</summary>
internal sealed class TaskEndpoints(IGrainFactory grains, TaskReader reader, ITaskList tasks, TimeProvider clock)
{
    private static readonly Problem NoSuchTask = ProblemTable.FromRejection(Rejection.NotFound);

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.Task, GetTask).RequirePolicy(AccessPolicy.ReadTasks);
        routes.MapRead(Routes.Tasks, ListTasks).RequirePolicy(AccessPolicy.ReadTasks);
        routes.MapPost(Routes.Cancel, (RequestDelegate)CancelTask).RequirePolicy(AccessPolicy.CancelTasks);
    }

    private async Task GetTask(HttpContext context)
    {
        var caller = context.GetCaller();
        var wait = TimeSpan.Zero;
        if ((Query.ReadFlag(context, "output", true, out var withText) ?? Query.ReadWait(context, 0, Limits.Wait, out wait)) is { } problem)
        {
            await context.Answer(problem);
            return;
        }
        var text = context.Request.RouteValues["id"] as string;
        var task = wait > TimeSpan.Zero && !context.IsHead() && TaskIds.TryParse(text, out var id)
            ? await context.HoldUntilReady(reader.WaitForEnd(id, caller, wait, context.RequestAborted), wait, HeldAnswers.Beat, clock)
            : await reader.FindTask(text, caller);
        await AnswerTask(context, task, withText);
    }

    private async Task CancelTask(HttpContext context)
    {
        var caller = context.GetCaller();
        if (await reader.FindTask(context.Request.RouteValues["id"] as string, caller) is not { } task)
        {
            await context.Answer(NoSuchTask);
            return;
        }
        var reply = await grains.GetTaskGrain(task.Id).Cancel(caller.Actor);
        // A task that has ended keeps its end; the answer's state tells which of the two came first.
        if (reply.Rejection is Rejection.None or Rejection.AlreadyEnded)
            await AnswerTask(context, reply.Task ?? await reader.FindTask(task.Id.ToString("D"), caller));
        else
            await context.Answer(ProblemTable.FromRejection(reply.Rejection));
    }

    private async Task AnswerTask(HttpContext context, TaskSnapshot? task, bool text = true)
    {
        if (task is null) await context.Answer(NoSuchTask);
        else await context.Answer(await reader.BuildView(task, context.RequestAborted, text), ProtocolJson.Default.TaskView);
    }

    private async Task ListTasks(HttpContext context)
    {
        var errors = new FieldErrors();
        var query = TaskListQuery.Read(context.Request.QueryString.Value, context.GetCaller().Tenant, errors);
        if (errors.Any)
        {
            await context.Answer(Problem400.ForFields(errors.ToArray()));
            return;
        }
        var page = await tasks.ReadPage(query, context.RequestAborted);
        var next = page.Next is { } cursor ? TaskListQuery.FormatCursor(cursor) : null;
        var now = clock.GetUtcNow();
        await context.Answer(new TaskListView([.. page.Tasks.Select(task => TaskViews.ToView(task, now))], next),
            ProtocolJson.Default.TaskListView);
    }
}
