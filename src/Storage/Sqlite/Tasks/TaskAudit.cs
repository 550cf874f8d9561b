using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>The audit row of a version, within the transaction that makes the version.</summary>
internal static class TaskAudit
{
    private const string Row =
        """
        INSERT INTO audit (task, version, at, what, state, attempt, reason, worker, token_id, address)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """;

    public static void InsertRow(SqliteDatabase database, long seq, TaskRecord record)
    {
        if (record.Last is not { } last) return;
        using var insert = database.GetStatement(Row);
        insert.Add(seq).Add(record.Version).Add(last.At).Add(last.Trigger).Add((long)StoredState.FromState(record.State))
            .Add(last.Attempt)
            .Add(record.Reason).Add(record.Worker).Add(last.Actor.TokenId).Add(last.Actor.Address).RunToEnd();
    }
}
