using System.Collections.Concurrent;
using System.Globalization;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.WakeUps;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Tasks;
using Orleans.Storage;

namespace OpenClaw.Bench.MemorySilo;

/// <summary>
/// The tasks table of one silo, in memory. Ended tasks stand apart: no question of the grains is about them. With a store behind it that
/// one keeps the rows, and what is here only answers the index's questions.
/// </summary>
internal sealed class MemoryTasks(IGrainStorage? rows) : IGrainStorage, ITaskIndex
{
    private readonly ConcurrentDictionary<Guid, TaskRecord> live = new();
    private readonly ConcurrentDictionary<Guid, TaskRecord> ended = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (rows is not null) return rows.ReadStateAsync(stateName, grainId, grainState);
        var id = grainId.GetGuidKey();
        var row = live.GetValueOrDefault(id) ?? ended.GetValueOrDefault(id);
        ((IGrainState<TaskRecord>)grainState).State = row!;
        Found(grainState, row);
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = ((IGrainState<TaskRecord>)grainState).State!;
        // The output's log is a real one.
        if (record.Output is { Chunks.Length: > 0 }) throw new OutputApartException();
        if (rows is not null)
        {
            await rows.WriteStateAsync(stateName, grainId, grainState);
            live[record.Id] = record;
        }
        else
        {
            Keep(record, grainState.ETag);
            Found(grainState, record);
        }
        if (!record.State.IsEnd()) return;
        if (rows is null) ended[record.Id] = record;
        live.TryRemove(record.Id, out _);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<GroupName>> ReadBacklogGroups(string tenant, string pool, CancellationToken cancellation) =>
        new([.. Waiting(tenant, pool).Select(row => new GroupName(row.Spec.Requires, row.Spec.TokenId)).Distinct()]);

    public ValueTask<IReadOnlyList<QueueEntry>> ReadBacklog(
        string tenant, string pool, GroupName group, int limit, DateTimeOffset now, IReadOnlyCollection<string> busyKeys,
        CancellationToken cancellation) =>
        new([.. Waiting(tenant, pool)
            .Where(row => new GroupName(row.Spec.Requires, row.Spec.TokenId) == group && !(row.NotBefore > now))
            .Where(row => row.Spec.ConcurrencyKey is not { } key || !busyKeys.Contains(key))
            .OrderByDescending(row => row.Spec.Priority).ThenBy(row => row.CreatedAt).ThenBy(row => row.Id).Take(limit)
            .Select(row => ToEntry(row, row.Spec.ConcurrencyKey))]);

    public ValueTask<IReadOnlyDictionary<string, Guid>> ReadBusyKeys(string tenant, string pool, CancellationToken cancellation) =>
        new(live.Values.Where(row => row.State == TaskState.Running && row.Spec.ConcurrencyKey is not null && row.Spec.Pool == pool)
            .ToDictionary(row => row.Spec.ConcurrencyKey!, row => row.Id));

    public ValueTask<IReadOnlyDictionary<string, QueueEntry>> ReadFirstOfKeys(
        string tenant, string pool, IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellation) =>
        new(Waiting(tenant, pool)
            .Where(row => row.Spec.ConcurrencyKey is { } key && keys.Contains(key) && !(row.NotBefore > now))
            .GroupBy(row => row.Spec.ConcurrencyKey!)
            .ToDictionary(line => line.Key, line => line.OrderBy(row => row.CreatedAt).ThenBy(row => row.Id)
                .Select(row => ToEntry(row, line.Key)).First()));

    public ValueTask<IReadOnlyList<Guid>> ReadDueTasks(int shard, DateTimeOffset now, int limit, CancellationToken cancellation) =>
        new([.. live.Values.Where(row => row.WakeAt <= now && WakeUpShards.GetShard(row.Id) == shard)
            .OrderBy(row => row.WakeAt).Take(limit).Select(row => row.Id)]);

    public ValueTask<IReadOnlyList<AttemptRef>> ReadRunningAttempts(string tenant, string worker, CancellationToken cancellation) =>
        new([.. live.Values.Where(row => row.State == TaskState.Running && row.Worker == worker)
            .Select(row => new AttemptRef(row.Id, row.Attempt))]);

    public ValueTask<ILookup<string, AttemptRef>> ReadRunningAttempts(
        string tenant, IReadOnlyList<string> workers, CancellationToken cancellation)
    {
        return new(live.Values.Where(row => row.State == TaskState.Running && row.Spec.Tenant == tenant && workers.Contains(row.Worker!))
            .ToLookup(row => row.Worker!, row => new AttemptRef(row.Id, row.Attempt)));
    }

    public ValueTask<int> DeleteEnded(DateTimeOffset before, int limit, CancellationToken cancellation) => new(0);

    private void Keep(TaskRecord record, string? tag)
    {
        var written = tag is not null
            ? live.TryGetValue(record.Id, out var before) && Tag(before) == tag && live.TryUpdate(record.Id, record, before)
            : live.TryAdd(record.Id, record);
        if (!written) throw new InconsistentStateException($"Task {record.Id} is not at version {tag}.");
    }

    private IEnumerable<TaskRecord> Waiting(string tenant, string pool) => live
        .Select(entry => entry.Value)
        .Where(row => row.State is TaskState.Queued or TaskState.Offered && row.Spec.Tenant == tenant && row.Spec.Pool == pool);

    private static void Found<T>(IGrainState<T> state, TaskRecord? row)
    {
        state.RecordExists = row is not null;
        state.ETag = row is null ? null : Tag(row);
    }

    private static QueueEntry ToEntry(TaskRecord row, string? key) =>
        new(row.Id, row.Spec.Requires, row.Spec.Priority, row.CreatedAt, key, row.Spec.TokenId);

    private static string Tag(TaskRecord row) => row.Version.ToString(CultureInfo.InvariantCulture);
}
