using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Security;

/// <summary>Limits of running tasks in the embedded store.</summary>
internal sealed class RunningLimits(SqliteStore store) : IRunningLimits
{
    private const string Tokens = "SELECT tenant, token FROM token_limits";
    private const string Limits = "SELECT token, max_running FROM token_limits WHERE tenant = ?1";

    // By what runs in the tenant, and not by token: there is no index of what runs by token, which every task would have to pay for.
    private const string Running =
        $"""
        SELECT submitter, id FROM tasks INDEXED BY tasks_state WHERE tenant = ?1 AND state = {StoredState.Running}
            AND submitter IN (SELECT token FROM token_limits WHERE tenant = ?1)
        UNION ALL
        SELECT submitter, id FROM tasks INDEXED BY tasks_awaiting
        WHERE tenant = ?1 AND state = {StoredState.Queued} AND awaits IS NOT NULL
            AND submitter IN (SELECT token FROM token_limits WHERE tenant = ?1)
        """;

    public async ValueTask<IReadOnlyList<LimitedToken>> ReadTokens(CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var tokens = reader.Database.GetStatement(Tokens);
        var found = new List<LimitedToken>();
        while (tokens.Step()) found.Add(new LimitedToken(tokens.GetText(0), tokens.GetText(1)));
        return found;
    }

    public async ValueTask<IReadOnlyList<RunningLoad>> ReadLoads(string tenant, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        var found = new List<RunningLoad>();
        using (var limits = reader.Database.GetStatement(Limits))
        {
            limits.Add(tenant);
            while (limits.Step()) found.Add(new RunningLoad(limits.GetText(0), limits.GetInt(1), []));
        }
        if (found.Count == 0) return found;
        using var running = reader.Database.GetStatement(Running);
        running.Add(tenant);
        var tasks = new List<(string Token, Guid Task)>();
        while (running.Step()) tasks.Add((running.GetText(0), running.GetId(1)));
        var byToken = tasks.ToLookup(task => task.Token, task => task.Task, StringComparer.Ordinal);
        return [.. found.Select(load => load with { Running = [.. byToken[load.TokenId]] })];
    }

    public async ValueTask SetLimit(LimitedToken token, int? maxRunning, CancellationToken cancellation) =>
        await store.Write(new WriteLimit(token, maxRunning)).ConfigureAwait(false);

    private sealed class WriteLimit(LimitedToken token, int? maxRunning) : SqliteOperation<bool>
    {
        private const string Set =
            """
            INSERT INTO token_limits (tenant, token, max_running) VALUES (?1, ?2, ?3)
            ON CONFLICT (tenant, token) DO UPDATE SET max_running = excluded.max_running
            """;

        private const string Remove = "DELETE FROM token_limits WHERE tenant = ?1 AND token = ?2";

        public override void Apply(SqliteDatabase database)
        {
            using var write = database.GetStatement(maxRunning is null ? Remove : Set);
            write.Add(token.Tenant).Add(token.TokenId);
            if (maxRunning is { } most) write.Add(most);
            write.RunToEnd();
            Result = true;
        }
    }
}
