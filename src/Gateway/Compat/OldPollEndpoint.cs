using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// GET /worker/poll of the original: the answer itself starts the attempt. It starts nothing for a connection that has gone, and
/// what it started for one that goes meanwhile is undone.
/// </summary>
internal sealed class OldPollEndpoint(
    IGrainFactory grains, CompatibleWorkers workers, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private const long DefaultWait = 30_000;
    private static readonly byte[] NoTask = "null"u8.ToArray();

    public async Task Handle(HttpContext context)
    {
        var badWait = Query.Wait(context, DefaultWait, Limits.CompatiblePollWait, out var wait);
        if ((NameOf(context, out var name) ?? badWait) is { } problem)
        {
            await context.Answer(problem);
            return;
        }
        using var hold = new HeldPoll(clock, wait, context.RequestAborted, lifetime.ApplicationStopping);
        if (await NextTask(hold, context.Caller(), name ?? CompatibleWorkers.DefaultName) is { } polled)
            await context.Answer(polled, PolledTask.Write);
        else if (!hold.Gone) await context.AnswerRaw(NoTask);
    }

    /// <summary>The name a worker gives itself, <c>?name=</c>; null: none.</summary>
    internal static Problem? NameOf(HttpContext context, out string? name)
    {
        if (Query.Text(context, "name", out name) is { } problem) return problem;
        var fits = name is null || Names.IsName(name);
        return fits ? null : Problem400.Field("name", "must be a name: a-z, 0-9 and -, at most 63, no - first");
    }

    private async ValueTask<(Guid Task, OfferReply Offer)?> NextTask(HeldPoll hold, Caller caller, string name)
    {
        var queue = grains.GetGrain<IQueueGrain>(GrainKeys.Queue(caller.Tenant));
        do
        {
            var (holder, draining) = await workers.Touch(caller, name);
            var reply = await hold.Ask(queue, new PollRequest { Worker = name, Offers = holder.Offers, Slots = draining ? 0 : 1 });
            if (reply.Tasks is not [var task, ..]) continue;
            if (hold.Closed)
            {
                await queue.Return(reply.Tasks);
                return null;
            }
            var offer = await grains.Task(task).OfferAndStart(holder);
            if (offer.Rejection != Rejection.None) continue;
            if (!hold.Gone) return (task, offer);
            await grains.Task(task).Undelivered(holder, offer.Attempt);
            return null;
        }
        while (!hold.Over);
        return null;
    }
}
