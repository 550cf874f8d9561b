using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Storage.Sqlite.Rows;
using OpenClaw.Storage.Webhooks;

namespace OpenClaw.Storage.Sqlite.Webhooks;

/// <summary>Takes some that are due, a few for each host.</summary>
internal sealed class ClaimWebhooks(WebhookClaim claim) : SqliteOperation<IReadOnlyList<Webhook>>
{
    private static readonly string Due =
        $"""
        SELECT {WebhookColumns.Selected} FROM webhooks INDEXED BY webhooks_due
        WHERE state = 1 AND due_at <= ?1 ORDER BY due_at, seq LIMIT ?2
        """;

    private const string Claim = "UPDATE webhooks SET due_at = ?2, attempts = attempts + 1 WHERE id = ?1";

    /// <summary>So many are looked at; those of a busy host are passed by.</summary>
    private const int MostLookedAt = 10_000;

    public override void Apply(SqliteDatabase database)
    {
        var claimed = new List<Webhook>();
        foreach (var webhook in FindDue(database))
        {
            using var update = database.GetStatement(Claim);
            update.Add(webhook.Id).Add(claim.Until).RunToEnd();
            claimed.Add(webhook with { DueAt = claim.Until, Attempts = webhook.Attempts + 1 });
        }
        Result = claimed;
    }

    private List<Webhook> FindDue(SqliteDatabase database)
    {
        var (found, chosen) = (new List<Webhook>(), new HostShares(claim));
        using var due = database.GetStatement(Due);
        due.Add(claim.Now).Add(MostLookedAt);
        while (!chosen.IsFull && due.Step())
        {
            var webhook = WebhookColumns.Read(new StatementReader(due));
            if (chosen.TryTake(webhook.Host)) found.Add(webhook);
        }
        return found;
    }
}

/// <summary>Writes down what became of an attempt.</summary>
internal sealed class RecordWebhookAttempt(WebhookAttempt attempt) : SqliteOperation<bool>
{
    private const string Record =
        """
        UPDATE webhooks SET state = ?3, due_at = ?4, ended_at = ?5, last_error = ?6
        WHERE id = ?1 AND state = 1 AND (attempts = ?2 OR ?3 = 2)
        """;

    public override void Apply(SqliteDatabase database)
    {
        using var update = database.GetStatement(Record);
        update.Add(attempt.Id).Add(attempt.Attempt).Add((int)attempt.State).Add(attempt.At)
            .Add(attempt.State == WebhookState.Waiting ? null : attempt.At.UtcTicks).Add(attempt.Error);
        Result = update.RunToEnd() == 1;
    }
}

/// <summary>Has one that was given up sent again.</summary>
internal sealed class ReviveWebhook(Guid id, DateTimeOffset now) : SqliteOperation<bool>
{
    private const string Revive =
        "UPDATE webhooks SET state = 1, due_at = ?2, give_up_at = ?3, ended_at = NULL, attempts = 0 WHERE id = ?1 AND state = 3";

    public override void Apply(SqliteDatabase database)
    {
        using var update = database.GetStatement(Revive);
        Result = update.Add(id).Add(now).Add(now + Webhook.RetryFor).RunToEnd() == 1;
    }
}
