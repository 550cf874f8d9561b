using System.Collections.Concurrent;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Compat;

/// <summary>A desk for each worker name of the compatible protocol that has polls held here.</summary>
internal sealed class PollDesks(IGrainFactory grains, CompatibleWorkers workers, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private static readonly Action<object?> LetGo = static poll => ((WaitingPoll)poll!).TrySetResult(null);

    private readonly ConcurrentDictionary<(string Tenant, string Name), PollDesk> desks = new();

    /// <summary>Desks that are open.</summary>
    public int Count => desks.Count;

    /// <summary>
    /// A task for a worker, until a time of <see cref="TimeProvider.GetElapsedTime(long)"/> since 0; null when there is none, the
    /// connection has gone, or the host is stopping. The desk is where the task goes back to when it can't be used.
    /// </summary>
    public ValueTask<(Guid? Task, PollDesk Desk)> Next(Caller caller, string name, TimeSpan until, CancellationToken aborted)
    {
        var poll = new WaitingPoll(until, aborted);
        return Wait(poll, Enter(caller, name, poll), aborted);
    }

    private static async ValueTask<(Guid? Task, PollDesk Desk)> Wait(WaitingPoll poll, PollDesk desk, CancellationToken aborted)
    {
        GatewayMetrics.Compatible.Enter();
        try
        {
            await using var gone = aborted.UnsafeRegister(LetGo, poll);
            return (await poll.Task, desk);
        }
        finally
        {
            GatewayMetrics.Compatible.Leave();
            desk.Leave(poll);
        }
    }

    private PollDesk Enter(Caller caller, string name, WaitingPoll poll)
    {
        var key = (caller.Tenant, name);
        while (true)
        {
            var desk = desks.GetOrAdd(key, static (key, all) => all.Open(key), this);
            if (desk.TryEnter(poll, caller)) return desk;
            Remove(key, desk);
        }
    }

    private PollDesk Open((string Tenant, string Name) key)
    {
        var queue = grains.GetGrain<IQueueGrain>(GrainKeys.ForQueue(key.Tenant));
        return new(key.Name, queue, workers, clock, lifetime.ApplicationStopping, desk => Remove(key, desk));
    }

    private void Remove((string Tenant, string Name) key, PollDesk desk) => desks.TryRemove(KeyValuePair.Create(key, desk));
}
