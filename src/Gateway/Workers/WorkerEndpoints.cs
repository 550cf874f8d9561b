using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
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
        var caller = context.GetCaller();
        var directory = grains.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory(caller.Tenant));
        // Who asks for no page, as clients from before there were pages, gets all.
        var all = limit == 0 && after is null;
        if (limit == 0) limit = Limits.Page;
        var page = caller.Rights.Narrowing is not null
            ? KeepPage(caller, await directory.Describe(), after, all ? int.MaxValue : (int)limit)
            : all ? new WorkerPage(await directory.List(), null) : await directory.Page(after, (int)limit);
        var view = new WorkerListView(Array.ConvertAll(page.Workers, WorkerViews.ToView), page.Next);
        return Reply.FromValue(view, ProtocolJson.Default.WorkerListView);
    }

    /// <summary>
    /// A page of those workers that a token sees, as if there were no others. Which tasks they run is left out: some may be others'.
    /// </summary>
    private static WorkerPage KeepPage(Caller caller, WorkerSnapshot[] workers, string? after, int limit)
    {
        var rest = caller.KeepVisible(workers).Where(worker => string.CompareOrdinal(worker.Name, after) > 0)
            .OrderBy(worker => worker.Name, StringComparer.Ordinal).ToArray();
        return rest.Length > limit ? new WorkerPage(rest[..limit], rest[limit - 1].Name) : new WorkerPage(rest, null);
    }

    private static Problem? ReadCursor(HttpContext context, out string? after) => Query.ReadText(context, "cursor", out after)
        ?? (after is null || Names.IsName(after) ? null : Problem400.ForField("cursor", "must be the nextCursor of a page"));

    private async ValueTask<Reply> GetWorker(HttpContext context)
    {
        if (FindWorker(context) is not { } worker || await worker.Get() is not { } snapshot) return NoSuchWorker;
        return ReplyWorker(context.GetCaller(), snapshot);
    }

    private ValueTask<Reply> DrainWorker(HttpContext context) => SetDraining(context, true);

    private ValueTask<Reply> ResumeWorker(HttpContext context) => SetDraining(context, false);

    private async ValueTask<Reply> SetDraining(HttpContext context, bool draining)
    {
        var caller = context.GetCaller();
        if (FindWorker(context) is not { } worker) return NoSuchWorker;
        // Looked at before it is changed only where it may be one that the token must not change.
        if (caller.Rights.Narrowing is not null && !(await worker.Get() is { } seen && caller.Sees(seen))) return NoSuchWorker;
        if (!await worker.SetDraining(draining, caller.Actor) || await worker.Get() is not { } snapshot) return NoSuchWorker;
        return ReplyWorker(caller, snapshot);
    }

    private static Reply ReplyWorker(Caller caller, WorkerSnapshot worker)
    {
        if (!caller.Sees(worker)) return NoSuchWorker;
        var shown = caller.Rights.Narrowing is null ? worker : worker with { Running = [] };
        return Reply.FromValue(WorkerViews.ToView(shown), ProtocolJson.Default.WorkerView);
    }

    private IWorkerGrain? FindWorker(HttpContext context) =>
        context.Request.RouteValues["name"] is string name && Names.IsName(name)
            ? grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(context.GetCaller().Tenant, name))
            : null;

    private static Problem NoSuchWorker { get; } = ProblemTable.CreateNotFound("There is no such worker.");
}
