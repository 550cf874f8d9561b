using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>What clients ask about workers, and what admins tell them.</summary>
internal sealed class WorkerEndpoints(IGrainFactory grains)
{
    public async Task List(HttpContext context)
    {
        var wrong = Query.Number(context, "limit", 0, 1, Limits.Page, clamp: false, out var limit);
        var wrongCursor = Cursor(context, out var after);
        if ((wrong ?? wrongCursor) is { } problem)
        {
            await context.Answer(problem);
            return;
        }
        var directory = grains.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory(context.Caller().Tenant));
        // Who asks for no page, as clients from before there were pages, gets all.
        var page = limit == 0 && after is null
            ? new WorkerPage(await directory.List(), null)
            : await directory.Page(after, limit == 0 ? Limits.Page : (int)limit);
        var view = new WorkerListView(Array.ConvertAll(page.Workers, WorkerMapping.View), page.Next);
        await context.Answer(view, ProtocolJson.Default.WorkerListView);
    }

    private static Problem? Cursor(HttpContext context, out string? after) => Query.Text(context, "cursor", out after)
        ?? (after is null || Names.IsName(after) ? null : Problem400.Field("cursor", "must be the nextCursor of a page"));

    public async Task Get(HttpContext context)
    {
        if (Find(context) is not { } worker || await worker.Get() is not { } snapshot) await context.Answer(NoSuchWorker);
        else await context.Answer(WorkerMapping.View(snapshot), ProtocolJson.Default.WorkerView);
    }

    public Task Drain(HttpContext context) => SetDraining(context, true);

    public Task Resume(HttpContext context) => SetDraining(context, false);

    private async Task SetDraining(HttpContext context, bool draining)
    {
        if (Find(context) is not { } worker
            || !await worker.SetDraining(draining, context.Caller().Actor)
            || await worker.Get() is not { } snapshot) await context.Answer(NoSuchWorker);
        else await context.Answer(WorkerMapping.View(snapshot), ProtocolJson.Default.WorkerView);
    }

    private IWorkerGrain? Find(HttpContext context) =>
        context.Request.RouteValues["name"] is string name && Names.IsName(name)
            ? grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(context.Caller().Tenant, name))
            : null;

    private static Problem NoSuchWorker { get; } = ProblemTable.NotFound("There is no such worker.");
}
