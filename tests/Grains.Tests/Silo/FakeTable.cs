using System.Collections.Concurrent;
using System.Globalization;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.WakeUps;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Tasks;
using Orleans.Storage;

namespace OpenClaw.Grains.Tests.Silo;

/// <summary>What goes wrong with a write.</summary>
public enum Fault
{
    None = 0,
    BeforeCommit = 1,
    AfterCommit = 2,
}

/// <summary>
/// The tasks table in memory: rows as the store keeps them (nothing volatile), every index a query, and faults on demand.
/// </summary>
internal sealed class FakeTable : IGrainStorage, ITaskIndex, IRunningLimits, IAuditTrail
{
    private readonly ConcurrentDictionary<Guid, TaskRecord> rows = new();
    private readonly ConcurrentDictionary<Guid, Func<TaskRecord, Fault>> faults = new();
    private readonly ConcurrentDictionary<string, PoolReads> watched = new();
    private readonly ConcurrentDictionary<(Guid Task, int Attempt), EndOutput> outputs = new();

    private readonly ConcurrentDictionary<LimitedToken, int> limits = new();

    public ConcurrentQueue<AuditNote> Notes { get; } = new();

    public int Reads;

    /// <summary>Reads of what runs on workers.</summary>
    public int RunningReads;

    public TaskRecord? Row(Guid task) => rows.GetValueOrDefault(task);

    public IReadOnlyList<TaskRecord> RowsOf(string pool) => [.. rows.Values.Where(row => row.Spec.Pool == pool)];

    /// <summary>What came with the end of an attempt, or was appended before by <see cref="Print"/>.</summary>
    public EndOutput? Output(Guid task, int attempt) => outputs.GetValueOrDefault((task, attempt));

    /// <summary>Output that reached the store past the grain.</summary>
    public void Print(Guid task, int attempt, EndOutput output) => outputs[(task, attempt)] = output;

    /// <summary>Changes a row behind the grains' back.</summary>
    public void Put(TaskRecord record) => rows[record.Id] = record;

    /// <summary>Decides over the writes of one task from now on.</summary>
    public void Fail(Guid task, Func<TaskRecord, Fault> fault) => faults[task] = fault;

    /// <summary>Counts the reads of a pool's backlog from now on.</summary>
    /// <param name="pool">A pool of the test's own.</param>
    /// <param name="duringHead">Runs while what is in a group is read.</param>
    public PoolReads Watch(string pool, Action duringHead) => watched[pool] = new PoolReads(duringHead);

    public void Heal(Guid task) => faults.TryRemove(task, out _);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref Reads);
        var row = Row(grainId.GetGuidKey());
        ((IGrainState<TaskRecord>)grainState).State = row!;
        grainState.RecordExists = row is not null;
        grainState.ETag = row is null ? null : Tag(row);
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        var record = ((IGrainState<TaskRecord>)grainState).State!;
        var fault = faults.TryGetValue(record.Id, out var decide) ? decide(record) : Fault.None;
        if (fault == Fault.BeforeCommit) throw new IOException("the disk said no");
        Commit(record, grainState.ETag);
        if (fault == Fault.AfterCommit) throw new IOException("committed, and the answer was lost");
        grainState.ETag = Tag(record);
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<GroupName>> ReadBacklogGroups(string tenant, string pool, CancellationToken cancellation)
    {
        if (watched.TryGetValue(pool, out var reads)) reads.CountGroups();
        return new([.. Waiting(tenant, pool).Select(row => new GroupName(row.Spec.Requires, row.Spec.TokenId)).Distinct()]);
    }

    public ValueTask<IReadOnlyList<QueueEntry>> ReadBacklog(
        string tenant, string pool, GroupName group, int limit, DateTimeOffset now, IReadOnlyCollection<string> busyKeys,
        CancellationToken cancellation)
    {
        if (watched.TryGetValue(pool, out var reads)) reads.CountHead();
        return new([.. Waiting(tenant, pool)
            .Where(row => new GroupName(row.Spec.Requires, row.Spec.TokenId) == group && !(row.NotBefore > now))
            .Where(row => row.Spec.ConcurrencyKey is not { } key || !busyKeys.Contains(key))
            .OrderByDescending(row => row.Spec.Priority).ThenBy(row => row.CreatedAt).ThenBy(row => row.Id).Take(limit)
            .Select(row => ToEntry(row, row.Spec.ConcurrencyKey))]);
    }

    public ValueTask<IReadOnlyDictionary<string, Guid>> ReadBusyKeys(string tenant, string pool, CancellationToken cancellation) =>
        new(rows.Values.Where(row => row.State == TaskState.Running && row.Spec.ConcurrencyKey is not null && row.Spec.Pool == pool)
            .ToDictionary(row => row.Spec.ConcurrencyKey!, row => row.Id));

    public ValueTask<IReadOnlyDictionary<string, QueueEntry>> ReadFirstOfKeys(
        string tenant, string pool, IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellation) =>
        new(Waiting(tenant, pool)
            .Where(row => row.Spec.ConcurrencyKey is { } key && keys.Contains(key) && !(row.NotBefore > now))
            .GroupBy(row => row.Spec.ConcurrencyKey!)
            .ToDictionary(line => line.Key, line => line.OrderBy(row => row.CreatedAt).ThenBy(row => row.Id)
                .Select(row => ToEntry(row, line.Key)).First()));

    public ValueTask<IReadOnlyList<Guid>> ReadDueTasks(int shard, DateTimeOffset now, int limit, CancellationToken cancellation) =>
        new([.. rows.Values.Where(row => row.WakeAt <= now && WakeUpShards.GetShard(row.Id) == shard)
            .OrderBy(row => row.WakeAt)
            .Take(limit)
            .Select(row => row.Id)]);

    public ValueTask<IReadOnlyList<AttemptRef>> ReadRunningAttempts(string tenant, string worker, CancellationToken cancellation)
    {
        Interlocked.Increment(ref RunningReads);
        return new([.. rows.Values.Where(row => row.State == TaskState.Running && row.Worker == worker)
            .Select(row => new AttemptRef(row.Id, row.Attempt))]);
    }

    public ValueTask<ILookup<string, AttemptRef>> ReadRunningAttempts(
        string tenant, IReadOnlyList<string> workers, CancellationToken cancellation)
    {
        Interlocked.Increment(ref RunningReads);
        return new(rows.Values.Where(row => row.State == TaskState.Running && row.Spec.Tenant == tenant && workers.Contains(row.Worker!))
            .ToLookup(row => row.Worker!, row => new AttemptRef(row.Id, row.Attempt)));
    }

    public ValueTask<IReadOnlyList<LimitedToken>> ReadTokens(CancellationToken cancellation) => new([.. limits.Keys]);

    public ValueTask<IReadOnlyList<RunningLoad>> ReadLoads(string tenant, CancellationToken cancellation) =>
        new([.. limits.Where(limit => limit.Key.Tenant == tenant).Select(limit => new RunningLoad(limit.Key.TokenId, limit.Value,
            [.. rows.Values.Where(row => row.Spec.Tenant == tenant && row.Spec.TokenId == limit.Key.TokenId)
                .Where(row => row.State is TaskState.Running or TaskState.AwaitingApproval).Select(row => row.Id)]))]);

    public ValueTask SetLimit(LimitedToken token, int? maxRunning, CancellationToken cancellation)
    {
        if (maxRunning is { } most) limits[token] = most;
        else limits.TryRemove(token, out _);
        return default;
    }

    public ValueTask<int> DeleteEnded(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<AuditEntry>> ReadEntries(Guid task, long afterVersion, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public void AddNote(AuditNote note) => Notes.Enqueue(note);

    private void Commit(TaskRecord record, string? tag)
    {
        Assert.NotEqual(TaskState.Offered, record.State);
        if (record.Output is not null && outputs.ContainsKey((record.Id, record.Attempt))) throw new OutputApartException();
        var row = record with { OfferedTo = null, OfferExpires = null, LeaseUntil = null, HeardSince = null, Output = null };
        var written = tag is null
            ? rows.TryAdd(row.Id, row)
            : rows.TryGetValue(row.Id, out var before) && Tag(before) == tag && rows.TryUpdate(row.Id, row, before);
        if (!written) throw new InconsistentStateException($"task {row.Id} is not at version {tag}", "unknown", tag ?? "none");
        if (record.Output is { Chunks.Length: > 0 } output) outputs[(record.Id, record.Attempt)] = output;
    }

    private IEnumerable<TaskRecord> Waiting(string tenant, string pool) =>
        rows.Values.Where(row => row.State == TaskState.Queued && row.Spec.Tenant == tenant && row.Spec.Pool == pool);

    private static QueueEntry ToEntry(TaskRecord row, string? key) =>
        new(row.Id, row.Spec.Requires, row.Spec.Priority, row.CreatedAt, key, row.Spec.TokenId);

    private static string Tag(TaskRecord row) => row.Version.ToString(CultureInfo.InvariantCulture);
}
