using Npgsql;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>
/// The query for one page of the list. Each is one range of one index that is already in order; several states are several such
/// ranges, of which only as many rows as the page has are sorted. No filter makes the database sort or walk the whole table.
/// </summary>
internal static class TaskPages
{
    private const string Range = " AND created_at >= $2 AND (created_at, id) < ($3, $4)";
    private const string Order = " ORDER BY created_at DESC, id DESC LIMIT $5";

    private const string Rows =
        ") p JOIN tasks t ON t.id = p.id JOIN task_specs s ON s.seq = t.seq ORDER BY p.created_at DESC, p.id DESC";

    private const string Merged = Range + Order + ") m" + Order + Rows;

    private static readonly string OfSpecs =
        "SELECT " + TaskColumns.Selected + " FROM (SELECT created_at, id FROM task_specs WHERE tenant = $1";

    private static readonly string Plain = OfSpecs + Range + Order + Rows;

    // The kind as a range, in the order of its own index: with kind = $6 the index of the plain list is in order, too, and a planner that
    // knows few kinds walks all of it for a rare one.
    private static readonly string ByKind = OfSpecs + " AND (kind, created_at) >= ($6, $2) AND (kind, created_at, id) < ($6, $3, $4)"
        + " ORDER BY kind DESC, created_at DESC, id DESC LIMIT $5" + Rows;

    private static readonly string EachState =
        "SELECT " + TaskColumns.Selected + " FROM (SELECT m.created_at, m.id FROM unnest($6) AS w(state) CROSS JOIN LATERAL ("
        + "SELECT created_at, id FROM tasks WHERE tenant = $1 AND state = w.state";

    private static readonly string ByState = EachState + Merged;
    private static readonly string ByStateKind = EachState + " AND kind = $7" + Merged;
    private static readonly string ByWorker = EachState + " AND worker = $7" + Merged;
    private static readonly string ByWorkerKind = EachState + " AND worker = $7 AND kind = $8" + Merged;

    private static readonly string Awaiting =
        "SELECT " + TaskColumns.Selected + " FROM (SELECT created_at, id FROM tasks"
        + $" WHERE tenant = $1 AND state = {StoredState.Queued} AND awaits IS NOT NULL"
        + " AND ($6::text IS NULL OR awaits = $6) AND ($7::text IS NULL OR kind = $7)" + Range + Order + Rows;

    /// <summary>The queries for one page; what they find is merged. Those that wait for approval are asked for apart.</summary>
    public static IEnumerable<(string Sql, Action<NpgsqlParameterCollection> Bind)> BuildQueries(TaskQuery query, int limit)
    {
        var ranges = StoredState.ToRanges(query.States).ToArray();
        var others = query with { States = [.. ranges.Where(state => state != TaskState.AwaitingApproval)] };
        if (others.States.Count == ranges.Length || others.States.Count > 0)
            yield return (ChooseSql(others), parameters => BindQuery(parameters, others, limit));
        if (others.States.Count < ranges.Length)
            yield return (Awaiting, parameters => BindPage(parameters, query, limit).AddNext(query.Worker).AddNext(query.Kind));
    }

    private static string ChooseSql(TaskQuery query) => (HasStates(query), query.Worker, query.Kind) switch
    {
        (false, _, null) => Plain,
        (false, _, _) => ByKind,
        (_, null, null) => ByState,
        (_, null, _) => ByStateKind,
        (_, _, null) => ByWorker,
        _ => ByWorkerKind,
    };

    private static void BindQuery(NpgsqlParameterCollection parameters, TaskQuery query, int limit)
    {
        BindPage(parameters, query, limit);
        if (HasStates(query)) parameters.AddNext(ToStoredStates(query));
        if (query.Worker is { } worker) parameters.AddNext(worker);
        if (query.Kind is { } kind) parameters.AddNext(kind);
    }

    private static NpgsqlParameterCollection BindPage(NpgsqlParameterCollection parameters, TaskQuery query, int limit) =>
        parameters.AddNext(query.Tenant).AddNext(query.Since?.UtcTicks ?? long.MinValue)
            .AddNext(query.Cursor?.CreatedAt.UtcTicks ?? long.MaxValue).AddNext(query.Cursor?.Id ?? Guid.Empty).AddNext(limit);

    /// <summary>A worker's tasks are indexed by state, too: all of them are those of every state.</summary>
    private static bool HasStates(TaskQuery query) => query.Worker is not null || query.States.Count > 0;

    private static short[] ToStoredStates(TaskQuery query)
    {
        IEnumerable<TaskState> states = query.States.Count == 0 ? StoredState.All : query.States;
        return [.. states.Select(state => (short)StoredState.FromState(state)).Distinct()];
    }
}
