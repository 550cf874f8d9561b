using OpenClaw.GrainInterfaces.Webhooks;

namespace OpenClaw.Storage.Sqlite.Webhooks;

/// <summary>The secrets of webhooks in the embedded store.</summary>
internal sealed class WebhookSecrets(SqliteStore store) : IWebhookSecrets
{
    private const string Known = "SELECT secret, former, former_until FROM webhook_secrets WHERE tenant = ?1 LIMIT 1";

    public async ValueTask<WebhookSecret> GetOrAdd(string tenant, byte[] candidate, CancellationToken cancellation)
    {
        using (var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false))
            if (Find(reader.Database, tenant) is { } known) return known;
        return await store.Write(new AddSecret(tenant, candidate)).ConfigureAwait(false);
    }

    public ValueTask<WebhookSecret> Rotate(string tenant, byte[] secret, DateTimeOffset formerUntil, CancellationToken cancellation) =>
        store.Write(new ChangeSecret(tenant, secret, formerUntil));

    private static WebhookSecret? Find(SqliteDatabase database, string tenant)
    {
        using var row = database.GetStatement(Known);
        return row.Add(tenant).Step()
            ? new(row.GetBlob(0).ToArray(), row.GetBytesOrNull(1), row.GetTimeOrNull(2))
            : null;
    }

    private sealed class AddSecret(string tenant, byte[] secret) : SqliteOperation<WebhookSecret>
    {
        private const string Add = "INSERT INTO webhook_secrets (tenant, secret) VALUES (?1, ?2) ON CONFLICT (tenant) DO NOTHING";

        public override void Apply(SqliteDatabase database)
        {
            using (var insert = database.GetStatement(Add)) insert.Add(tenant).Add(secret).RunToEnd();
            Result = Find(database, tenant);
        }
    }

    private sealed class ChangeSecret(string tenant, byte[] secret, DateTimeOffset formerUntil) : SqliteOperation<WebhookSecret>
    {
        private const string Change =
            """
            INSERT INTO webhook_secrets (tenant, secret) VALUES (?1, ?2)
            ON CONFLICT (tenant) DO UPDATE SET former = secret, former_until = ?3, secret = excluded.secret
            """;

        public override void Apply(SqliteDatabase database)
        {
            using (var upsert = database.GetStatement(Change)) upsert.Add(tenant).Add(secret).Add(formerUntil).RunToEnd();
            Result = Find(database, tenant);
        }
    }
}
