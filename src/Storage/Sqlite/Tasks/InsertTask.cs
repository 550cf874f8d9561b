using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Sqlite.Audit;
using OpenClaw.Storage.Sqlite.Rows;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>The first write of a task: its row, its spec, the audit row. False when the id is taken.</summary>
internal sealed class InsertTask(TaskRecord record) : SqliteOperation<bool>
{
    private const string Columns = "seq, " + SpecColumns.InSpecs + ", payload";

    private static readonly string Row =
        $"""
        INSERT INTO tasks (seq, {TaskColumns.Inserted}) VALUES ({LastNumbers.NextTask}, {ColumnList.Parameters("?", TaskColumns.Inserted)})
        ON CONFLICT (id) DO NOTHING
        """;

    private static readonly string Spec =
        $"INSERT INTO task_specs ({Columns}) VALUES ({ColumnList.Parameters("?", Columns)})";

    private readonly byte[]? outcome = TaskJson.Write(record.Outcome);
    private readonly byte[]? lateResult = TaskJson.Write(record.LateResult);
    private readonly byte[]? tags = TaskJson.Write(record.Spec.Tags);
    private readonly RowProof? proof = RowProof.FromRecord(record, isFirst: true);

    public override long Bytes => record.Spec.Payload.Length;

    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, record.Id);

    public override void Apply(SqliteDatabase database)
    {
        Result = false;
        if (InsertRow(database) is not { } seq) return;
        InsertSpec(database, seq);
        TaskAudit.InsertRow(database, seq, record, proof);
        AgentSessionRows.RecordActivity(database, record, newTasks: 1);
        Result = true;
    }

    private long? InsertRow(SqliteDatabase database)
    {
        using var insert = database.GetStatement(Row);
        var row = new StatementWriter(insert);
        TaskColumns.WriteInserted(ref row, record, outcome, lateResult);
        return insert.RunToEnd() > 0 ? database.LastRow : null;
    }

    private void InsertSpec(SqliteDatabase database, long seq)
    {
        var payload = record.Spec.Payload;
        using var insert = database.GetStatement(Spec);
        insert.Add(seq);
        var row = new StatementWriter(insert);
        SpecColumns.WriteInSpecs(ref row, record.Spec, tags);
        if (payload.Length <= LargePayload.MostInRow)
        {
            insert.Add(payload).RunToEnd();
            return;
        }
        insert.AddZeros(payload.Length).RunToEnd();
        LargePayload.Write(database, seq, payload);
    }
}
