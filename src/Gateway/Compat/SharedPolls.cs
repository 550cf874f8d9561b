using System.Collections.Concurrent;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Compat;

/// <summary>A desk for each worker name of the compatible protocol that has polls held here.</summary>
internal sealed class SharedPolls(IGrainFactory grains, CompatibleWorkers workers, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private static readonly Action<object?> AnswerEmpty = static poll => ((WaitingPoll)poll!).TrySetResult(null);

    private readonly ConcurrentDictionary<(string Tenant, string Name), SharedPoll> desks = new();

    /// <summary>Desks that are open.</summary>
    public int Count => desks.Count;

    /// <summary>
    /// A task for a worker, until a time of <see cref="TimeProvider.GetElapsedTime(long)"/> since 0; null when there is none, the
    /// connection has gone, or the host is stopping. The desk is where the task goes back to when it can't be used.
    /// </summary>
    public ValueTask<(Guid? Task, SharedPoll Desk)> WaitForTask(Caller caller, string name, TimeSpan until, CancellationToken aborted)
    {
        var poll = new WaitingPoll(until, aborted);
        return WaitForResult(poll, JoinPoll(caller, name, poll), aborted);
    }

    private static async ValueTask<(Guid? Task, SharedPoll Desk)> WaitForResult(
        WaitingPoll poll, SharedPoll desk, CancellationToken aborted)
    {
        GatewayMetrics.Compatible.Increment();
        try
        {
            await using var gone = aborted.UnsafeRegister(AnswerEmpty, poll);
            return (await poll.Task, desk);
        }
        finally
        {
            GatewayMetrics.Compatible.Decrement();
            desk.Leave(poll);
        }
    }

    private SharedPoll JoinPoll(Caller caller, string name, WaitingPoll poll)
    {
        var key = (caller.Tenant, name);
        while (true)
        {
            var desk = desks.GetOrAdd(key, static (key, all) => all.CreatePoll(key), this);
            if (desk.TryJoin(poll, caller)) return desk;
            RemovePoll(key, desk);
        }
    }

    private SharedPoll CreatePoll((string Tenant, string Name) key)
    {
        var queue = grains.GetGrain<IQueueGrain>(GrainKeys.ForQueue(key.Tenant));
        return new(key.Name, queue, workers, clock, lifetime.ApplicationStopping, desk => RemovePoll(key, desk));
    }

    private void RemovePoll((string Tenant, string Name) key, SharedPoll desk) => desks.TryRemove(KeyValuePair.Create(key, desk));
}
