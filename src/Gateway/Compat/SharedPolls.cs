using System.Collections.Concurrent;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Telemetry;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;

namespace OpenClaw.Gateway.Compat;

/// <summary>One shared poll of the queue for each worker name of the compatible protocol that has polls held here.</summary>
internal sealed class SharedPolls(IGrainFactory grains, CompatibleWorkers workers, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private static readonly Action<object?> AnswerEmpty = static poll => ((WaitingPoll)poll!).TrySetResult(null);

    private readonly ConcurrentDictionary<(string Tenant, string Name), SharedPoll> polls = new();

    /// <summary>Shared polls that are open.</summary>
    public int Count => polls.Count;

    /// <summary>
    /// A task for a worker, until a time of <see cref="TimeProvider.GetElapsedTime(long)"/> since 0; null when there is none, the
    /// connection has gone, or the host is stopping. The shared poll is where the task goes back to when it can't be used.
    /// </summary>
    public ValueTask<(Guid? Task, SharedPoll Poll)> WaitForTask(Caller caller, string name, TimeSpan until, CancellationToken aborted)
    {
        var poll = new WaitingPoll(until, aborted);
        return WaitForResult(poll, JoinPoll(caller, name, poll), aborted);
    }

    private static async ValueTask<(Guid? Task, SharedPoll Poll)> WaitForResult(
        WaitingPoll poll, SharedPoll shared, CancellationToken aborted)
    {
        GatewayMetrics.Compatible.Increment();
        try
        {
            await using var gone = aborted.UnsafeRegister(AnswerEmpty, poll);
            return (await poll.Task, shared);
        }
        finally
        {
            GatewayMetrics.Compatible.Decrement();
            shared.Leave(poll);
        }
    }

    private SharedPoll JoinPoll(Caller caller, string name, WaitingPoll poll)
    {
        var key = (caller.Tenant, name);
        while (true)
        {
            var shared = polls.GetOrAdd(key, static (key, all) => all.CreatePoll(key), this);
            if (shared.TryJoin(poll, caller)) return shared;
            RemovePoll(key, shared);
        }
    }

    private SharedPoll CreatePoll((string Tenant, string Name) key)
    {
        var queue = grains.GetGrain<IQueueGrain>(GrainKeys.ForQueue(key.Tenant));
        return new(key.Name, queue, workers, clock, lifetime.ApplicationStopping, shared => RemovePoll(key, shared));
    }

    private void RemovePoll((string Tenant, string Name) key, SharedPoll shared) => polls.TryRemove(KeyValuePair.Create(key, shared));
}
