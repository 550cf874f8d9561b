using Npgsql;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>The first write of a task: its row, its spec, the audit row. False when the id is taken.</summary>
internal sealed class InsertTask(TaskRecord record) : PostgresOperation<bool>
{
    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, record.Id);

    public override long Bytes => record.Spec.Payload.Length;

    public override BulkStatement Statement => InsertTasks.Instance;

    public TaskRecord Record => record;

    public byte[]? Outcome { get; } = TaskJson.Write(record.Outcome);

    public byte[]? LateResult { get; } = TaskJson.Write(record.LateResult);

    public byte[]? Tags { get; } = TaskJson.Write(record.Spec.Tags);
}

/// <summary>
/// The first writes of a batch, in one statement. An id that is there already is left out and missing among the answers. One that
/// another process commits at this very moment fails the statement; when it is repeated that one is there already.
/// </summary>
internal sealed class InsertTasks : BulkStatement
{
    public static readonly InsertTasks Instance = new();

    private const string Columns = TaskColumns.Inserted + ", " + SpecColumns.InSpecs + ", payload, " + WrittenRows.Columns;

    private const string Sessions =
        """
        , sessions AS (
            INSERT INTO conversations AS c (tenant, session, last_activity, task_count)
            SELECT tenant, session, max(activity), count(*) FROM new WHERE session IS NOT NULL
            GROUP BY tenant, session ORDER BY tenant, session
            ON CONFLICT (tenant, session) DO UPDATE SET
                last_activity = greatest(c.last_activity, excluded.last_activity), task_count = c.task_count + excluded.task_count
        )
        """;

    private const string Written = " SELECT id FROM new";

    private static readonly string Rows =
        $"""
        WITH new AS MATERIALIZED (
            SELECT nextval('task_numbers') AS seq, n.* FROM unnest({ColumnList.Parameters("$", Columns)}) AS n({Columns})
            WHERE NOT EXISTS (SELECT FROM tasks t WHERE t.id = n.id)
        ), rows AS (
            INSERT INTO tasks (seq, {TaskColumns.Inserted}) SELECT seq, {TaskColumns.Inserted} FROM new
        ), specs AS (
            INSERT INTO task_specs (seq, id, tenant, kind, created_at, {SpecColumns.InSpecs}, payload)
            SELECT seq, id, tenant, kind, created_at, {SpecColumns.InSpecs}, payload FROM new
        ){WrittenRows.InsertAudit("new")}
        """;

    private static readonly string Alone = Rows + Written;
    private static readonly string WithSessions = Rows + Sessions + Written;

    public override int Rank => 1;

    public override NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations)
    {
        // Most batches are about no agent session, and the statement that reads that table costs each of them the same.
        var hasSessions = operations.Exists(operation => ((InsertTask)operation).Record.Spec.Session is not null);
        var command = new NpgsqlBatchCommand(hasSessions ? WithSessions : Alone);
        var row = new ArrayRowWriter(operations.Count, command.Parameters);
        foreach (var operation in operations)
        {
            var task = (InsertTask)operation;
            var record = task.Record;
            row.NextRow();
            TaskColumns.WriteInserted(ref row, record, task.Outcome, task.LateResult);
            SpecColumns.WriteInSpecs(ref row, record.Spec, task.Tags);
            row.AddBytes(record.Spec.Payload);
            WrittenRows.WriteColumns(ref row, record);
        }
        return command;
    }

    public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations) =>
        WrittenRows.ReadResults(rows, operations);
}
