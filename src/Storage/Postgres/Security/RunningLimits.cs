using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Security;

/// <summary>Limits of running tasks on PostgreSQL.</summary>
internal sealed class RunningLimits(PostgresDatabase database) : IRunningLimits
{
    private const string Tokens = "SELECT tenant, token FROM token_limits";

    private const string Limits = "SELECT token, max_running FROM token_limits WHERE tenant = $1";

    // By what runs in the tenant, and not by token: there is no index of what runs by token, which every task would have to pay for.
    // In order, so that it goes over those that wait for an approval alone, and not over all that is queued.
    private const string Running =
        $"""
        SELECT submitter, id FROM tasks WHERE tenant = $1 AND state = {StoredState.Running} AND submitter = ANY ($2)
        UNION ALL
        (SELECT submitter, id FROM tasks WHERE tenant = $1 AND state = {StoredState.Queued} AND awaits IS NOT NULL AND created_at > 0
            AND submitter = ANY ($2) ORDER BY created_at, id LIMIT 1000000)
        """;

    private const string Set =
        """
        INSERT INTO token_limits (tenant, token, max_running) VALUES ($1, $2, $3)
        ON CONFLICT (tenant, token) DO UPDATE SET max_running = excluded.max_running RETURNING 1
        """;

    private const string Remove = "DELETE FROM token_limits WHERE tenant = $1 AND token = $2 RETURNING 1";

    public async ValueTask<IReadOnlyList<LimitedToken>> ReadTokens(CancellationToken cancellation) => await database.QueryRows(
        Tokens, _ => { }, row => new LimitedToken(row.GetString(0), row.GetString(1)), cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<RunningLoad>> ReadLoads(string tenant, CancellationToken cancellation)
    {
        var limits = await database.QueryRows(
            Limits,
            parameters => parameters.AddNext(tenant),
            row => new RunningLoad(row.GetString(0), row.GetInt32(1), []),
            cancellation).ConfigureAwait(false);
        if (limits.Count == 0) return limits;
        var tokens = limits.ConvertAll(limit => limit.TokenId).ToArray();
        var running = await database.QueryRows(
            Running,
            parameters => parameters.AddNext(tenant).AddNext(tokens),
            row => (Token: row.GetString(0), Task: row.GetGuid(1)),
            cancellation).ConfigureAwait(false);
        var byToken = running.ToLookup(task => task.Token, task => task.Task, StringComparer.Ordinal);
        return limits.ConvertAll(limit => limit with { Running = [.. byToken[limit.TokenId]] });
    }

    public async ValueTask SetLimit(LimitedToken token, int? maxRunning, CancellationToken cancellation) => await database.WriteRows(
        maxRunning is null ? Remove : Set,
        parameters =>
        {
            parameters.AddNext(token.Tenant).AddNext(token.TokenId);
            if (maxRunning is { } most) parameters.AddNext(most);
        },
        _ => true,
        cancellation).ConfigureAwait(false);
}
