using Npgsql;
using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Storage.Postgres.Webhooks;

/// <summary>The secrets of webhooks on PostgreSQL.</summary>
internal sealed class WebhookSecrets(PostgresDatabase database) : IWebhookSecrets
{
    private const string Known = "SELECT secret, former, former_until FROM webhook_secrets WHERE tenant = $1";
    private const string Add = "INSERT INTO webhook_secrets (tenant, secret) VALUES ($1, $2) ON CONFLICT (tenant) DO NOTHING RETURNING 1";

    private const string Change =
        """
        INSERT INTO webhook_secrets AS s (tenant, secret) VALUES ($1, $2)
        ON CONFLICT (tenant) DO UPDATE SET secret = excluded.secret, former = s.secret, former_until = $3
        RETURNING secret, former, former_until
        """;

    public async ValueTask<WebhookSecret> GetOrAdd(string tenant, byte[] candidate, CancellationToken cancellation)
    {
        if (await Find(tenant, cancellation).ConfigureAwait(false) is { } known) return known;
        await database.WriteRows(Add, parameters => parameters.AddNext(tenant).AddNext(candidate), _ => true, cancellation)
            .ConfigureAwait(false);
        return await Find(tenant, cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException("A secret was deleted.");
    }

    public async ValueTask<WebhookSecret> Rotate(
        string tenant, byte[] secret, DateTimeOffset formerUntil, CancellationToken cancellation) => (await database.WriteRows(
            Change, parameters => parameters.AddNext(tenant).AddNext(secret).AddNext(formerUntil), Read, cancellation)
            .ConfigureAwait(false))[0];

    private async ValueTask<WebhookSecret?> Find(string tenant, CancellationToken cancellation) =>
        await database.QueryRows(Known, parameters => parameters.AddNext(tenant), Read, cancellation).ConfigureAwait(false) is [var known]
            ? known
            : null;

    private static WebhookSecret Read(NpgsqlDataReader row) => new(
        row.GetFieldValue<byte[]>(0), row.GetBytesOrNull(1), row.IsDBNull(2) ? null : row.GetTime(2));
}
