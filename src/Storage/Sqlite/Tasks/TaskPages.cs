using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>
/// Finds the entries of one page of the list. Each query is one range of one index that is already in order; several states
/// are several such ranges, merged here, so that no filter makes the database sort or walk the whole table.
/// </summary>
internal static class TaskPages
{
    private const string Select = "SELECT created_at, id, seq FROM tasks INDEXED BY ";
    private const string Range = " AND created_at >= ?2 AND (created_at, id) < (?3, ?4)";
    private const string Order = " ORDER BY created_at DESC, id DESC LIMIT ?5";
    private const string Plain = Select + "tasks_list WHERE tenant = ?1" + Range + Order;
    private const string ByKind = Select + "tasks_kind WHERE tenant = ?1 AND kind = ?6" + Range + Order;
    private const string ByState = Select + "tasks_state WHERE tenant = ?1 AND state = ?6" + Range + Order;
    private const string ByStateKind = Select + "tasks_state WHERE tenant = ?1 AND state = ?6 AND kind = ?7" + Range + Order;
    private const string OfWorker = Select + "tasks_worker WHERE tenant = ?1 AND state = ?6 AND worker = ?7";
    private const string ByWorker = OfWorker + Range + Order;
    private const string ByWorkerKind = OfWorker + " AND kind = ?8" + Range + Order;

    private const string Awaiting = Select + $"tasks_awaiting WHERE tenant = ?1 AND state = {StoredState.Queued} AND awaits IS NOT NULL"
        + " AND (?6 IS NULL OR awaits = ?6) AND (?7 IS NULL OR kind = ?7)" + Range + Order;

    /// <summary>A row's position in the list, and its key.</summary>
    public readonly record struct PageEntry(DateTimeOffset CreatedAt, Guid Id, long Seq);

    /// <summary>The first <paramref name="limit"/> entries of a query, newest first.</summary>
    public static List<PageEntry> FindPage(SqliteDatabase database, TaskQuery query, int limit)
    {
        var entries = new List<PageEntry>();
        if (query.Worker is null && query.States.Count == 0)
        {
            CollectRange(database, query, null, limit, entries);
            return entries;
        }
        var states = query.States.Count == 0 ? StoredState.All : StoredState.ToRanges(query.States);
        foreach (var state in states)
        {
            if (state == TaskState.AwaitingApproval) CollectAwaiting(database, query, limit, entries);
            else CollectRange(database, query, state, limit, entries);
        }
        entries.Sort(CompareNewestFirst);
        if (entries.Count > limit) entries.RemoveRange(limit, entries.Count - limit);
        return entries;
    }

    private static void CollectRange(SqliteDatabase database, TaskQuery query, TaskState? state, int limit, List<PageEntry> entries)
    {
        var sql = (state, query.Worker, query.Kind) switch
        {
            (null, _, null) => Plain,
            (null, _, _) => ByKind,
            (_, null, null) => ByState,
            (_, null, _) => ByStateKind,
            (_, _, null) => ByWorker,
            _ => ByWorkerKind,
        };
        using var find = database.GetStatement(sql);
        BindPage(find, query, limit);
        if (state is { } wanted) find.Add((long)wanted);
        if (query.Worker is { } worker) find.Add(worker);
        if (query.Kind is { } kind) find.Add(kind);
        while (find.Step()) entries.Add(new PageEntry(find.GetTime(0), find.GetId(1), find.GetLong(2)));
    }

    /// <summary>They are few: whoever asks for one worker's or one kind's walks all of them, in the index.</summary>
    private static void CollectAwaiting(SqliteDatabase database, TaskQuery query, int limit, List<PageEntry> entries)
    {
        using var find = database.GetStatement(Awaiting);
        BindPage(find, query, limit);
        find.Add(query.Worker).Add(query.Kind);
        while (find.Step()) entries.Add(new PageEntry(find.GetTime(0), find.GetId(1), find.GetLong(2)));
    }

    private static void BindPage(Statement find, TaskQuery query, int limit)
    {
        find.Add(query.Tenant).Add(query.Since?.UtcTicks ?? long.MinValue);
        if (query.Cursor is { } cursor) find.Add(cursor.CreatedAt).Add(cursor.Id);
        else find.Add(long.MaxValue).Add(Guid.Empty);
        find.Add(limit);
    }

    private static int CompareNewestFirst(PageEntry left, PageEntry right) =>
        left.CreatedAt != right.CreatedAt ? right.CreatedAt.CompareTo(left.CreatedAt) : right.Id.CompareTo(left.Id);
}
