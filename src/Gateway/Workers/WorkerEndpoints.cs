using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
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
        var workers = await grains.GetGrain<IWorkerDirectoryGrain>(GrainKeys.Workers(context.Caller().Tenant)).List();
        var view = new WorkerListView(Array.ConvertAll(workers, WorkerMapping.View));
        await context.Answer(view, ProtocolJson.Default.WorkerListView);
    }

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
            ? grains.GetGrain<IWorkerGrain>(GrainKeys.Worker(context.Caller().Tenant, name))
            : null;

    private static Problem NoSuchWorker { get; } = ProblemTable.NotFound("There is no such worker.");
}
