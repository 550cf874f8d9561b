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
    private static readonly Problem NoSuchTask = ProblemTable.Of(Rejection.NotFound);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.Task, Get).Requires(Policy.ReadTasks);
        routes.MapRead(Routes.Tasks, List).Requires(Policy.ReadTasks);
        routes.MapPost(Routes.Cancel, (RequestDelegate)Cancel).Requires(Policy.CancelTasks);
    }

    private async Task Get(HttpContext context)
    {
        var caller = context.Caller();
        var wait = TimeSpan.Zero;
        if ((Query.Flag(context, "output", true, out var withText) ?? Query.Wait(context, 0, Limits.Wait, out wait)) is { } problem)
        {
            await context.Answer(problem);
            return;
        }
        var text = context.Request.RouteValues["id"] as string;
        var task = wait > TimeSpan.Zero && !context.IsHead() && TaskIds.TryRead(text, out var id)
            ? await context.Hold(reader.WaitForEnd(id, caller, wait, context.RequestAborted), wait, HeldAnswers.Beat, clock)
            : await reader.Find(text, caller);
        await Answer(context, task, withText);
    }

    private async Task Cancel(HttpContext context)
    {
        var caller = context.Caller();
        if (await reader.Find(context.Request.RouteValues["id"] as string, caller) is not { } task)
        {
            await context.Answer(NoSuchTask);
            return;
        }
        var reply = await grains.Task(task.Id).Cancel(caller.Actor);
        // A task that has ended keeps its end; the answer's state tells which of the two came first.
        if (reply.Rejection is Rejection.None or Rejection.AlreadyEnded)
            await Answer(context, reply.Task ?? await reader.Find(task.Id.ToString("D"), caller));
        else
            await context.Answer(ProblemTable.Of(reply.Rejection));
    }

    private async Task Answer(HttpContext context, TaskSnapshot? task, bool text = true)
    {
        if (task is null) await context.Answer(NoSuchTask);
        else await context.Answer(await reader.View(task, context.RequestAborted, text), ProtocolJson.Default.TaskView);
    }

    private async Task List(HttpContext context)
    {
        var errors = new FieldErrors();
        var query = TaskListQuery.Read(context.Request.QueryString.Value, context.Caller().Tenant, errors);
        if (errors.Any)
        {
            await context.Answer(Problem400.Fields(errors.ToArray()));
            return;
        }
        var page = await tasks.List(query, context.RequestAborted);
        var next = page.Next is { } cursor ? TaskListQuery.Write(cursor) : null;
        var now = clock.GetUtcNow();
        await context.Answer(new TaskListView([.. page.Tasks.Select(task => TaskViews.Of(task, now))], next), ProtocolJson.Default.TaskListView);
    }
}
