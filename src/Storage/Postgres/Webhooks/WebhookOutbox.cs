using Npgsql;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Storage.Tasks;
using OpenClaw.Storage.Webhooks;

namespace OpenClaw.Storage.Postgres.Webhooks;

/// <summary>The webhooks on PostgreSQL. Any number of gateways claim from it, each row goes to one of them.</summary>
internal sealed class WebhookOutbox(PostgresDatabase database, ITaskRows tasks) : IWebhookOutbox
{
    /// <summary>Of so many that are due some are chosen, a few for each host.</summary>
    private const int MostLookedAt = 1_000;

    private const string Next = "SELECT due_at FROM webhooks WHERE state = 1 ORDER BY due_at, seq LIMIT 1";
    private const string Waiting = "SELECT count(*) FROM webhooks WHERE state = 1";

    private const string Due =
        """
        SELECT seq, host FROM webhooks WHERE state = 1 AND due_at <= $1 AND host <> ALL ($2) ORDER BY due_at, seq LIMIT $3
        """;

    // Who lost against another gateway gets none of the row, and so does whoever comes while it is written.
    private static readonly string Claim =
        $"""
        WITH locked AS MATERIALIZED (
            SELECT seq, state, due_at FROM webhooks WHERE seq = ANY ($1) FOR UPDATE SKIP LOCKED
        )
        UPDATE webhooks SET due_at = $3, attempts = attempts + 1
        WHERE seq = ANY (ARRAY(SELECT seq FROM locked WHERE state = 1 AND due_at <= $2))
        RETURNING {WebhookColumns.Selected}
        """;

    // Not by state = 1, for which the planner could walk all that wait.
    private const string Record =
        """
        UPDATE webhooks SET state = $3, due_at = $4, ended_at = $5, last_error = $6
        WHERE id = $1 AND state NOT IN (2, 3) AND (attempts = $2 OR $3 = 2) RETURNING 1
        """;

    private const string Revived =
        """
        UPDATE webhooks SET state = 1, due_at = $2, give_up_at = $3, ended_at = NULL, attempts = 0 WHERE id = $1 AND state = 3 RETURNING 1
        """;

    private static readonly string OfTask =
        $"SELECT {WebhookColumns.Selected} FROM webhooks WHERE task = (SELECT seq FROM tasks WHERE id = $1) ORDER BY route";

    private static readonly string ById = $"SELECT {WebhookColumns.Selected} FROM webhooks WHERE id = $1";

    private static readonly string Page =
        $"""
        SELECT {WebhookColumns.Selected} FROM webhooks WHERE tenant = $1 AND state = $2 AND (created_at, id) < ($3, $4)
        ORDER BY created_at DESC, id DESC LIMIT $5
        """;

    public async ValueTask<DateTimeOffset?> FindNextDue(CancellationToken cancellation) =>
        await database.QueryRows(Next, _ => { }, row => row.GetTime(0), cancellation).ConfigureAwait(false) is [var due] ? due : null;

    public async ValueTask<IReadOnlyList<Webhook>> ClaimDue(WebhookClaim claim, CancellationToken cancellation)
    {
        var due = await database.QueryRows(
            Due,
            parameters => parameters.AddNext(claim.Now).AddNext(claim.BusyHosts.ToArray()).AddNext(MostLookedAt),
            row => (Seq: row.GetInt64(0), Host: row.GetString(1)),
            cancellation).ConfigureAwait(false);
        var chosen = new HostShares(claim);
        var numbers = due.Where(one => chosen.TryTake(one.Host)).Select(one => one.Seq).ToArray();
        if (numbers.Length == 0) return [];
        return await database.WriteRows(
            Claim, parameters => parameters.AddNext(numbers).AddNext(claim.Now).AddNext(claim.Until), Read, cancellation)
            .ConfigureAwait(false);
    }

    public async ValueTask<bool> RecordAttempt(WebhookAttempt attempt, CancellationToken cancellation) => await WriteOne(
        Record,
        parameters => parameters.AddNext(attempt.Id).AddNext(attempt.Attempt).AddNext((short)attempt.State).AddNext(attempt.At)
            .AddNext(attempt.State == WebhookState.Waiting ? null : attempt.At.UtcTicks).AddNext(attempt.Error),
        cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<Webhook>> ReadOfTask(Guid task, CancellationToken cancellation) =>
        await database.QueryRows(OfTask, parameters => parameters.AddNext(task), Read, cancellation).ConfigureAwait(false);

    public async ValueTask<WebhookPage> ReadPage(WebhookQuery query, CancellationToken cancellation)
    {
        var from = query.Before ?? new(DateTimeOffset.MaxValue, Guid.AllBitsSet);
        var rows = await database.QueryRows(
            Page,
            parameters => parameters.AddNext(query.Tenant).AddNext((short)query.State).AddNext(from.CreatedAt).AddNext(from.Id)
                .AddNext(query.Limit),
            Read,
            cancellation).ConfigureAwait(false);
        return WebhookPage.FromRows(rows, query.Limit);
    }

    public async ValueTask<Webhook?> Find(Guid id, CancellationToken cancellation) =>
        await database.QueryRows(ById, parameters => parameters.AddNext(id), Read, cancellation).ConfigureAwait(false) is [var found]
            ? found
            : null;

    public ValueTask<bool> Revive(Guid id, DateTimeOffset now, CancellationToken cancellation) =>
        WriteOne(Revived, parameters => parameters.AddNext(id).AddNext(now).AddNext(now + Webhook.RetryFor), cancellation);

    public async ValueTask<byte[]?> ReadPayload(Guid task, CancellationToken cancellation) =>
        (await tasks.Find(task).ConfigureAwait(false))?.Spec.Payload;

    public async ValueTask<long> CountWaiting(CancellationToken cancellation) =>
        (await database.QueryRows(Waiting, _ => { }, row => row.GetInt64(0), cancellation).ConfigureAwait(false))[0];

    private async ValueTask<bool> WriteOne(string sql, Action<NpgsqlParameterCollection> bind, CancellationToken cancellation) =>
        (await database.WriteRows(sql, bind, _ => true, cancellation).ConfigureAwait(false)).Count == 1;

    private static Webhook Read(NpgsqlDataReader row) => WebhookColumns.Read(new PostgresRowReader(row));
}
