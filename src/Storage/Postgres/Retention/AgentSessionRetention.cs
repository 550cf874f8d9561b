using Microsoft.Extensions.Options;
using Npgsql;
using OpenClaw.GrainInterfaces;
using OpenClaw.Storage.Retention;
using Orleans.Configuration;

namespace OpenClaw.Storage.Postgres.Retention;

/// <summary>Conversations in PostgreSQL. Where each one's files are is the state of its grain, a row of Orleans' provider.</summary>
internal sealed class AgentSessionRetention(PostgresDatabase database, IOptions<ClusterOptions> cluster) : IAgentSessionRetention
{
    // A turn that comes meanwhile waits for the row, and makes a new one: its grain reads before it writes.
    private const string Idle =
        $"""
        WITH idle AS MATERIALIZED (
            SELECT tenant, session FROM conversations WHERE task_count <= 0 AND last_activity < $1
            ORDER BY last_activity LIMIT $2 FOR UPDATE SKIP LOCKED
        ), gone AS (
            DELETE FROM conversations c USING idle s WHERE c.tenant = s.tenant AND c.session = s.session
            RETURNING c.tenant, c.session
        ), forgotten AS (
            DELETE FROM orleans_values v USING idle s
            WHERE v.service_id = $3 AND v.state_name = 'session'
                AND v.key = '{GrainKeys.AgentSessionPrefix}' || s.tenant || '/' || s.session
                AND v.n0 = 0 AND v.n1 = 0
        )
        SELECT count(*)::integer FROM gone
        """;

    public ValueTask<int> DeleteIdle(DateTimeOffset before, int limit, CancellationToken cancellation) => database.RunTransaction(
        async (connection, stop) =>
        {
            await using var forget = new NpgsqlCommand(Idle, connection);
            forget.Parameters.AddNext(before).AddNext(limit).AddNext(cluster.Value.ServiceId);
            return (int)(await forget.ExecuteScalarAsync(stop).ConfigureAwait(false))!;
        },
        cancellation);
}
