using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Sqlite.Output;
using OpenClaw.Storage.Sqlite.Rows;
using OpenClaw.Storage.Tasks;
using OpenClaw.Storage.Webhooks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>A later write of a task with its audit row, and of an end with the output that came with it.</summary>
internal sealed class UpdateTask(TaskRecord record, long expectedVersion) : SqliteOperation<RowWrite>
{
    private const string Find = "SELECT seq FROM tasks WHERE id = ?1 AND version = ?2";

    // One of a task only: what comes after its end, as a late result, is no second one.
    private static readonly string Hook =
        $"""
        INSERT INTO webhooks (task, {WebhookColumns.Inserted})
        VALUES (?1, {ColumnList.Parameters("?", WebhookColumns.Inserted, 2)}) ON CONFLICT (task, route) DO NOTHING
        """;

    // Names no column that never changes: SQLite then leaves the indexes over those alone. And no RETURNING: that makes a
    // temporary table and a journal for every statement, which costs as much as the rest of it.
    private static readonly string Row = $"UPDATE tasks SET {ColumnList.SetParameters("?", 2, TaskColumns.Updated)} WHERE seq = ?1";

    private readonly byte[]? outcome = TaskJson.Write(record.Outcome);
    private readonly byte[]? lateResult = TaskJson.Write(record.LateResult);
    private readonly byte[]? approval = TaskJson.Write(record.Approval);
    private readonly RowProof? proof = RowProof.FromRecord(record, isFirst: false);
    private readonly IReadOnlyList<Webhook> webhooks = WebhookColumns.CreateForStep(record);

    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, record.Id);

    public override void Apply(SqliteDatabase database)
    {
        Result = RowWrite.Outdated;
        if (FindRow(database) is not { } seq) return;
        if (record.Output is { Chunks.Length: > 0 } output && !EndOutputRows.TryInsert(database, seq, record.Attempt, output))
        {
            Result = RowWrite.HasOutput;
            return;
        }
        UpdateRow(database, seq);
        if (record.Last?.Trigger == Transition.Pin) UpdateRequires(database, seq);
        TaskAudit.InsertRow(database, seq, record, proof);
        AgentSessionRows.RecordActivity(database, record, newTasks: 0);
        InsertWebhooks(database, seq);
        Result = RowWrite.Written;
    }

    private long? FindRow(SqliteDatabase database)
    {
        using var find = database.GetStatement(Find);
        return find.Add(record.Id).Add(expectedVersion).Step() ? find.GetLong(0) : null;
    }

    private void InsertWebhooks(SqliteDatabase database, long seq)
    {
        foreach (var webhook in webhooks)
        {
            using var insert = database.GetStatement(Hook);
            insert.Add(seq);
            var row = new StatementWriter(insert);
            WebhookColumns.WriteInserted(ref row, webhook);
            insert.RunToEnd();
        }
    }

    private void UpdateRequires(SqliteDatabase database, long seq)
    {
        using var update = database.GetStatement("UPDATE tasks SET requires = ?2 WHERE seq = ?1");
        update.Add(seq).Add(record.Spec.Requires).RunToEnd();
    }

    private void UpdateRow(SqliteDatabase database, long seq)
    {
        using var update = database.GetStatement(Row);
        update.Add(seq);
        var row = new StatementWriter(update);
        TaskColumns.WriteUpdated(ref row, record, outcome, lateResult, approval);
        update.RunToEnd();
    }
}
