using System.Text.Json;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>Queries of the grains over many rows; each reads one index and no row.</summary>
internal sealed class TaskIndex(SqliteStore store, IOptions<StorageOptions> options, TimeProvider clock) : ITaskIndex
{
    private const string NextGroup =
        $"""
        SELECT requires, submitter FROM tasks INDEXED BY tasks_backlog
        WHERE tenant = ?1 AND pool = ?2 AND state = {StoredState.Queued} AND (requires, submitter) > (?3, ?4)
        ORDER BY requires, submitter LIMIT 1
        """;

    private const string GroupIsDue =
        $"""
        SELECT 1 FROM tasks INDEXED BY tasks_backlog
        WHERE tenant = ?1 AND pool = ?2 AND state = {StoredState.Queued} AND requires = ?3 AND submitter = ?4
            AND (not_before IS NULL OR not_before <= ?5) LIMIT 1
        """;

    private const string DueEntry =
        $"""
        SELECT id, priority, created_at, concurrency_key FROM tasks INDEXED BY tasks_backlog
        WHERE tenant = ?1 AND pool = ?2 AND state = {StoredState.Queued} AND requires = ?3 AND submitter = ?4
            AND (not_before IS NULL OR not_before <= ?5)
        """;

    private const string Order = " ORDER BY priority DESC, created_at, id LIMIT ?6";
    private const string Head = DueEntry + Order;

    private const string FreeHead =
        DueEntry + " AND (concurrency_key IS NULL OR concurrency_key NOT IN (SELECT value FROM json_each(?7)))" + Order;

    private const string Busy =
        $"""
        SELECT concurrency_key, id, state FROM tasks INDEXED BY tasks_busy_keys
        WHERE tenant = ?1 AND pool = ?2 AND concurrency_key IS NOT NULL
            AND (state = {StoredState.Running} OR (state = {StoredState.Queued} AND not_before IS NOT NULL))
            AND (state = {StoredState.Running} OR not_before > ?3)
        """;

    private const string FirstOfKey =
        $"""
        SELECT id, requires, priority, created_at, submitter FROM tasks INDEXED BY tasks_key_lines
        WHERE tenant = ?1 AND pool = ?2 AND concurrency_key = ?3 AND state = {StoredState.Queued}
            AND (not_before IS NULL OR not_before <= ?4)
        ORDER BY created_at, id LIMIT 1
        """;

    private const string Wake =
        """
        SELECT id FROM tasks INDEXED BY tasks_wake
        WHERE wake_at IS NOT NULL AND wake_at <= ?2 AND shard = ?1 ORDER BY wake_at LIMIT ?3
        """;

    private const string Running =
        $"SELECT id, attempt FROM tasks INDEXED BY tasks_worker WHERE tenant = ?1 AND worker = ?2 AND state = {StoredState.Running}";

    public async ValueTask<IReadOnlyList<GroupName>> ReadBacklogGroups(string tenant, string pool, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var groups = new List<GroupName>();
        // From one group to the next, past all the rows between them. The first may have neither labels nor a token.
        for (GroupName? next = new("", ""); next is { } group; next = FindNextGroup(reader.Database, tenant, pool, group))
        {
            if (IsDue(reader.Database, tenant, pool, group, now)) groups.Add(group);
        }
        return groups;
    }

    public async ValueTask<IReadOnlyList<QueueEntry>> ReadBacklog(
        string tenant, string pool, GroupName group, int limit, DateTimeOffset now, IReadOnlyCollection<string> busyKeys,
        CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var head = reader.Database.GetStatement(busyKeys.Count == 0 ? Head : FreeHead);
        head.Add(tenant).Add(pool).Add(group.Requires).Add(group.TokenId).Add(now).Add(limit);
        // Text, because SQLite takes a blob for its own binary JSON.
        if (busyKeys.Count > 0) head.Add(JsonSerializer.Serialize(busyKeys));
        var entries = new List<QueueEntry>();
        while (head.Step())
        {
            entries.Add(new QueueEntry(
                head.GetId(0), group.Requires, head.GetInt(1), head.GetTime(2), head.GetTextOrNull(3), group.TokenId));
        }
        return entries;
    }

    public async ValueTask<IReadOnlyDictionary<string, Guid>> ReadBusyKeys(string tenant, string pool, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var busy = reader.Database.GetStatement(Busy);
        busy.Add(tenant).Add(pool).Add(clock.GetUtcNow());
        var keys = new Dictionary<string, Guid>(StringComparer.Ordinal);
        while (busy.Step())
        {
            if ((TaskState)busy.GetInt(2) == TaskState.Running) keys[busy.GetText(0)] = busy.GetId(1);
            else keys.TryAdd(busy.GetText(0), busy.GetId(1));
        }
        return keys;
    }

    public async ValueTask<IReadOnlyDictionary<string, QueueEntry>> ReadFirstOfKeys(
        string tenant, string pool, IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var found = new Dictionary<string, QueueEntry>(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            using var first = reader.Database.GetStatement(FirstOfKey);
            if (!first.Add(tenant).Add(pool).Add(key).Add(now).Step()) continue;
            found[key] = new QueueEntry(first.GetId(0), first.GetText(1), first.GetInt(2), first.GetTime(3), key, first.GetText(4));
        }
        return found;
    }

    public async ValueTask<IReadOnlyList<Guid>> ReadDueTasks(int shard, DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var wake = reader.Database.GetStatement(Wake);
        wake.Add(shard).Add(now).Add(limit);
        var due = new List<Guid>();
        while (wake.Step()) due.Add(wake.GetId(0));
        return due;
    }

    public async ValueTask<IReadOnlyList<AttemptRef>> ReadRunningAttempts(string tenant, string worker, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var running = reader.Database.GetStatement(Running);
        running.Add(tenant).Add(worker);
        var attempts = new List<AttemptRef>();
        while (running.Step()) attempts.Add(new AttemptRef(running.GetId(0), running.GetInt(1)));
        return attempts;
    }

    public async ValueTask<ILookup<string, AttemptRef>> ReadRunningAttempts(
        string tenant, IReadOnlyList<string> workers, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var attempts = new List<(string Worker, AttemptRef Attempt)>();
        foreach (var worker in workers)
        {
            using var running = reader.Database.GetStatement(Running);
            running.Add(tenant).Add(worker);
            while (running.Step()) attempts.Add((worker, new AttemptRef(running.GetId(0), running.GetInt(1))));
        }
        return attempts.ToLookup(found => found.Worker, found => found.Attempt, StringComparer.Ordinal);
    }

    public ValueTask<int> DeleteEnded(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        store.Write(new DeleteEnded(before, limit, options.Value.KeepsAuditLonger));

    private static GroupName? FindNextGroup(SqliteDatabase database, string tenant, string pool, GroupName group)
    {
        using var next = database.GetStatement(NextGroup);
        return next.Add(tenant).Add(pool).Add(group.Requires).Add(group.TokenId).Step()
            ? new GroupName(next.GetText(0), next.GetText(1)) : null;
    }

    private static bool IsDue(SqliteDatabase database, string tenant, string pool, GroupName group, DateTimeOffset now)
    {
        using var due = database.GetStatement(GroupIsDue);
        return due.Add(tenant).Add(pool).Add(group.Requires).Add(group.TokenId).Add(now).Step();
    }
}
