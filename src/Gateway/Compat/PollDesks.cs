using System.Collections.Concurrent;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Compat;

/// <summary>A desk for each worker name of the compatible protocol that has polls held here.</summary>
internal sealed class PollDesks(IGrainFactory grains, CompatibleWorkers workers, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private static readonly Action<object?> LetGo = static poll => ((WaitingPoll)poll!).TrySetResult(null);

    private readonly ConcurrentDictionary<(string Tenant, string Name), PollDesk> desks = new();

    /// <summary>
    /// A task for a worker, within its time; null when there is none, the connection has gone, or the host is stopping. The desk is
    /// where the task goes back to when it can't be used.
    /// </summary>
    public async ValueTask<(Guid? Task, PollDesk Desk)> Next(Caller caller, string name, DateTimeOffset until, CancellationToken aborted)
    {
        var poll = new WaitingPoll(until, aborted);
        var desk = Enter(caller, name, poll);
        try
        {
            await using var gone = aborted.UnsafeRegister(LetGo, poll);
            return (await poll.Task, desk);
        }
        finally
        {
            desk.Leave(poll);
            if (desk.Closed) desks.TryRemove(KeyValuePair.Create((caller.Tenant, name), desk));
        }
    }

    private PollDesk Enter(Caller caller, string name, WaitingPoll poll)
    {
        var key = (caller.Tenant, name);
        while (true)
        {
            var desk = desks.GetOrAdd(key, static (key, all) => all.Open(key.Tenant, key.Name), this);
            if (desk.TryEnter(poll, caller)) return desk;
            desks.TryRemove(KeyValuePair.Create(key, desk));
        }
    }

    private PollDesk Open(string tenant, string name) =>
        new(name, grains.GetGrain<IQueueGrain>(GrainKeys.Queue(tenant)), workers, clock, lifetime.ApplicationStopping);
}
