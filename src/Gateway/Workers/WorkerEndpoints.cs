using OpenClaw.Gateway.Endpoints;
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
internal sealed class WorkerEndpoints(IGrainFactory grains) : IEndpoint
{
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.Workers, ListWorkers).RequirePolicy(AccessPolicy.ReadWorkers);
        routes.MapRead(Routes.Worker, GetWorker).RequirePolicy(AccessPolicy.ReadWorkers);
        routes.MapChange(Routes.Drain, DrainWorker).RequirePolicy(AccessPolicy.DrainWorkers);
        routes.MapChange(Routes.Resume, ResumeWorker).RequirePolicy(AccessPolicy.DrainWorkers);
    }

    private async ValueTask<Reply> ListWorkers(HttpContext context)
    {
        var limitProblem = Query.ReadNumber(context, "limit", 0, 1, Limits.Page, clamp: false, out var limit);
        var cursorProblem = ReadCursor(context, out var after);
        if ((limitProblem ?? cursorProblem) is { } problem) return problem;
        var directory = grains.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory(context.GetCaller().Tenant));
        // Who asks for no page, as clients from before there were pages, gets all.
        var page = limit == 0 && after is null
            ? new WorkerPage(await directory.List(), null)
            : await directory.Page(after, limit == 0 ? Limits.Page : (int)limit);
        var view = new WorkerListView(Array.ConvertAll(page.Workers, WorkerViews.ToView), page.Next);
        return Reply.FromValue(view, ProtocolJson.Default.WorkerListView);
    }

    private static Problem? ReadCursor(HttpContext context, out string? after) => Query.ReadText(context, "cursor", out after)
        ?? (after is null || Names.IsName(after) ? null : Problem400.ForField("cursor", "must be the nextCursor of a page"));

    private async ValueTask<Reply> GetWorker(HttpContext context)
    {
        if (FindWorker(context) is not { } worker || await worker.Get() is not { } snapshot) return NoSuchWorker;
        return Reply.FromValue(WorkerViews.ToView(snapshot), ProtocolJson.Default.WorkerView);
    }

    private ValueTask<Reply> DrainWorker(HttpContext context) => SetDraining(context, true);

    private ValueTask<Reply> ResumeWorker(HttpContext context) => SetDraining(context, false);

    private async ValueTask<Reply> SetDraining(HttpContext context, bool draining)
    {
        if (FindWorker(context) is not { } worker
            || !await worker.SetDraining(draining, context.GetCaller().Actor)
            || await worker.Get() is not { } snapshot) return NoSuchWorker;
        return Reply.FromValue(WorkerViews.ToView(snapshot), ProtocolJson.Default.WorkerView);
    }

    private IWorkerGrain? FindWorker(HttpContext context) =>
        context.Request.RouteValues["name"] is string name && Names.IsName(name)
            ? grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(context.GetCaller().Tenant, name))
            : null;

    private static Problem NoSuchWorker { get; } = ProblemTable.CreateNotFound("There is no such worker.");
}
