using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// Starts of compatible polls, each with a ticket of its own. A start whose answer can't be handed on is taken back, also when nobody
/// knows whether it happened: nothing may run that no worker has heard of.
/// </summary>
internal sealed class RevocableStarts(IGrainFactory grains, TimeProvider clock, ILogger<RevocableStarts> log)
{
    private const int MostTries = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Starts the task for a poll. When that fails, or the poll has gone meanwhile, the start is taken back; null: the poll has gone.
    /// </summary>
    public async ValueTask<OfferReply?> StartTask(Guid task, Holder holder, CancellationToken aborted)
    {
        var ticket = Guid.NewGuid();
        OfferReply offer;
        try
        {
            offer = await grains.GetTaskGrain(task).OfferAndStart(holder, ticket);
        }
        catch
        {
            _ = RevokeInBackground(task, holder, ticket);
            throw;
        }
        if (offer.Rejection != Rejection.None || !aborted.IsCancellationRequested) return offer;
        await RevokeInBackground(task, holder, ticket);
        return null;
    }

    /// <summary>Best effort, through an outage of minutes. A task that stays started is lost when its time is over, and says so.</summary>
    private Task RevokeInBackground(Guid task, Holder holder, Guid ticket)
    {
        // On its own: the request that asked for the start, and its end, are no reason to stop.
        using (ExecutionContext.SuppressFlow()) return Task.Run(() => RevokeStart(task, holder, ticket));
    }

    private async Task RevokeStart(Guid task, Holder holder, Guid ticket)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await grains.GetTaskGrain(task).Undelivered(holder, ticket);
                return;
            }
            catch (Exception error)
            {
                log.StartNotTakenBack(task, tries, error);
                if (tries == MostTries) return;
            }
            await Task.Delay(Pause, clock);
        }
    }
}
