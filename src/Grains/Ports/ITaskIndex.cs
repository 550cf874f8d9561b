using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Ports;

/// <summary>
/// What grains ask of the tasks table over many rows. Answers are hints: each names tasks to look at, the task's own
/// record decides.
/// </summary>
public interface ITaskIndex
{
    /// <summary>Distinct required label sets and tokens among the tasks of a pool that are queued and due.</summary>
    ValueTask<IReadOnlyList<GroupName>> ReadBacklogGroups(string tenant, string pool, CancellationToken cancellation);

    /// <summary>
    /// Head of one group of the backlog: queued, notBefore not in the future, by priority (high first), then arrival. Without tasks whose
    /// concurrency key is in <paramref name="busyKeys"/>: a thousand tasks that wait for one key must not fill the window and starve the
    /// rest.
    /// </summary>
    ValueTask<IReadOnlyList<QueueEntry>> ReadBacklog(
        string tenant, string pool, GroupName group, int limit, DateTimeOffset now, IReadOnlyCollection<string> busyKeys,
        CancellationToken cancellation);

    /// <summary>
    /// Concurrency keys of a pool that are held, with their holder: by tasks that run, and by tasks between two attempts
    /// (queued, notBefore in the future), which keep their turn.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, Guid>> ReadBusyKeys(string tenant, string pool, CancellationToken cancellation);

    /// <summary>
    /// For each of these concurrency keys the due task of the pool that came first, whatever it requires; a key without one is missing.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, QueueEntry>> ReadFirstOfKeys(
        string tenant, string pool, IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Tasks of a shard whose wake time has come, earliest first.</summary>
    ValueTask<IReadOnlyList<Guid>> ReadDueTasks(int shard, DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <summary>Attempts that run on a worker.</summary>
    ValueTask<IReadOnlyList<AttemptRef>> ReadRunningAttempts(string tenant, string worker, CancellationToken cancellation);

    /// <summary>Attempts that run on these workers, in one read; a worker without one is missing.</summary>
    ValueTask<ILookup<string, AttemptRef>> ReadRunningAttempts(
        string tenant, IReadOnlyList<string> workers, CancellationToken cancellation);

    /// <summary>Deletes up to <paramref name="limit"/> finished tasks, with output and audit, that ended before a time; how many.</summary>
    ValueTask<int> DeleteEnded(DateTimeOffset before, int limit, CancellationToken cancellation);
}
