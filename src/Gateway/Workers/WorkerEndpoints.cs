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
    public async Task ListWorkers(HttpContext context)
    {
        var wrong = Query.ReadNumber(context, "limit", 0, 1, Limits.Page, clamp: false, out var limit);
        var wrongCursor = ReadCursor(context, out var after);
        if ((wrong ?? wrongCursor) is { } problem)
        {
            await context.Answer(problem);
            return;
        }
        var directory = grains.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory(context.GetCaller().Tenant));
        // Who asks for no page, as clients from before there were pages, gets all.
        var page = limit == 0 && after is null
            ? new WorkerPage(await directory.List(), null)
            : await directory.Page(after, limit == 0 ? Limits.Page : (int)limit);
        var view = new WorkerListView(Array.ConvertAll(page.Workers, WorkerViews.ToView), page.Next);
        await context.Answer(view, ProtocolJson.Default.WorkerListView);
    }

    private static Problem? ReadCursor(HttpContext context, out string? after) => Query.ReadText(context, "cursor", out after)
        ?? (after is null || Names.IsName(after) ? null : Problem400.ForField("cursor", "must be the nextCursor of a page"));

    public async Task GetWorker(HttpContext context)
    {
        if (FindWorker(context) is not { } worker || await worker.Get() is not { } snapshot) await context.Answer(NoSuchWorker);
        else await context.Answer(WorkerViews.ToView(snapshot), ProtocolJson.Default.WorkerView);
    }

    public Task DrainWorker(HttpContext context) => SetDraining(context, true);

    public Task ResumeWorker(HttpContext context) => SetDraining(context, false);

    private async Task SetDraining(HttpContext context, bool draining)
    {
        if (FindWorker(context) is not { } worker
            || !await worker.SetDraining(draining, context.GetCaller().Actor)
            || await worker.Get() is not { } snapshot) await context.Answer(NoSuchWorker);
        else await context.Answer(WorkerViews.ToView(snapshot), ProtocolJson.Default.WorkerView);
    }

    private IWorkerGrain? FindWorker(HttpContext context) =>
        context.Request.RouteValues["name"] is string name && Names.IsName(name)
            ? grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(context.GetCaller().Tenant, name))
            : null;

    private static Problem NoSuchWorker { get; } = ProblemTable.CreateNotFound("There is no such worker.");
}
