using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Storage.Sqlite.Rows;
using OpenClaw.Storage.Tasks;
using OpenClaw.Storage.Webhooks;

namespace OpenClaw.Storage.Sqlite.Webhooks;

/// <summary>The webhooks in the embedded store.</summary>
internal sealed class WebhookOutbox(SqliteStore store, ITaskRows tasks) : IWebhookOutbox
{
    private const string Next = "SELECT due_at FROM webhooks INDEXED BY webhooks_due WHERE state = 1 ORDER BY due_at, seq LIMIT 1";
    private const string Waiting = "SELECT count(*) FROM webhooks INDEXED BY webhooks_due WHERE state = 1";

    private static readonly string OfTask =
        $"SELECT {WebhookColumns.Selected} FROM webhooks WHERE task = (SELECT seq FROM tasks WHERE id = ?1) ORDER BY route";

    private static readonly string ById = $"SELECT {WebhookColumns.Selected} FROM webhooks WHERE id = ?1";

    private static readonly string Page =
        $"""
        SELECT {WebhookColumns.Selected} FROM webhooks INDEXED BY webhooks_list
        WHERE tenant = ?1 AND state = ?2 AND (created_at, id) < (?3, ?4) ORDER BY created_at DESC, id DESC LIMIT ?5
        """;

    public async ValueTask<DateTimeOffset?> FindNextDue(CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var row = reader.Database.GetStatement(Next);
        return row.Step() ? row.GetTime(0) : null;
    }

    public ValueTask<IReadOnlyList<Webhook>> ClaimDue(WebhookClaim claim, CancellationToken cancellation) =>
        store.Write(new ClaimWebhooks(claim));

    public ValueTask<bool> RecordAttempt(WebhookAttempt attempt, CancellationToken cancellation) =>
        store.Write(new RecordWebhookAttempt(attempt));

    public async ValueTask<IReadOnlyList<Webhook>> ReadOfTask(Guid task, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(OfTask);
        rows.Add(task);
        var found = new List<Webhook>();
        while (rows.Step()) found.Add(WebhookColumns.Read(new StatementReader(rows)));
        return found;
    }

    public async ValueTask<WebhookPage> ReadPage(WebhookQuery query, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(Page);
        var from = query.Before ?? new(DateTimeOffset.MaxValue, Guid.AllBitsSet);
        rows.Add(query.Tenant).Add((int)query.State).Add(from.CreatedAt).Add(from.Id).Add(query.Limit);
        var found = new List<Webhook>();
        while (rows.Step()) found.Add(WebhookColumns.Read(new StatementReader(rows)));
        return WebhookPage.FromRows(found, query.Limit);
    }

    public async ValueTask<Webhook?> Find(Guid id, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var row = reader.Database.GetStatement(ById);
        return row.Add(id).Step() ? WebhookColumns.Read(new StatementReader(row)) : null;
    }

    public ValueTask<bool> Revive(Guid id, DateTimeOffset now, CancellationToken cancellation) => store.Write(new ReviveWebhook(id, now));

    public async ValueTask<byte[]?> ReadPayload(Guid task, CancellationToken cancellation) =>
        (await tasks.Find(task).ConfigureAwait(false))?.Spec.Payload;

    public async ValueTask<long> CountWaiting(CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var row = reader.Database.GetStatement(Waiting);
        row.Step();
        return row.GetLong(0);
    }
}
