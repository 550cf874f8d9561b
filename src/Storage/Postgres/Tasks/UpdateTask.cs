using Npgsql;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>A later write of a task with its audit row. False when the row is not at the expected version any more.</summary>
internal sealed class UpdateTask(TaskRecord record, long expectedVersion) : PostgresOperation<bool>
{
    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, record.Id);

    public override long Bytes => (Outcome?.Length ?? 0) + (LateResult?.Length ?? 0);

    public override BulkStatement Statement => UpdateTasks.Instance;

    public TaskRecord Record => record;

    public long ExpectedVersion => expectedVersion;

    public byte[]? Outcome { get; } = TaskJson.Write(record.Outcome);

    public byte[]? LateResult { get; } = TaskJson.Write(record.LateResult);

    public byte[]? Approval { get; } = TaskJson.Write(record.Approval);
}

/// <summary>The later writes of a batch, in one statement. A row at another version is left out and missing among the answers.</summary>
internal sealed class UpdateTasks : BulkStatement
{
    public static readonly UpdateTasks Instance = new();

    private const string Columns = "id, expected, " + TaskColumns.Updated + ", requires, " + WrittenRows.Columns;

    private const string Sessions =
        """
        , sessions AS (
            INSERT INTO conversations AS c (tenant, session, last_activity, task_count)
            SELECT tenant, session, max(activity), 0 FROM rows WHERE session IS NOT NULL
            GROUP BY tenant, session ORDER BY tenant, session
            ON CONFLICT (tenant, session) DO UPDATE SET last_activity = greatest(c.last_activity, excluded.last_activity)
        )
        """;

    private const string Written = " SELECT id FROM rows";

    private static readonly string Rows =
        $"""
        WITH rows AS (
            UPDATE tasks t SET {ColumnList.SetFrom("n", TaskColumns.Updated)}, requires = coalesce(n.requires, t.requires)
            FROM unnest({ColumnList.Parameters("$", Columns)}) AS n({Columns})
            WHERE t.id = n.id AND t.version = n.expected
            RETURNING t.seq, t.id, t.tenant, t.session, n.version, n.state, n.reason, n.worker, n.activity, n.at, n.what, n.about,
                n.token_id, n.address
        ){WrittenRows.InsertAudit("rows")}
        """;

    private static readonly string Alone = Rows + Written;
    private static readonly string WithSessions = Rows + Sessions + Written;

    public override int Rank => 2;

    public override NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations)
    {
        var hasSessions = operations.Exists(operation => ((UpdateTask)operation).Record.Spec.Session is not null);
        var command = new NpgsqlBatchCommand(hasSessions ? WithSessions : Alone);
        var row = new ArrayRowWriter(operations.Count, command.Parameters);
        foreach (var operation in operations)
        {
            var task = (UpdateTask)operation;
            var record = task.Record;
            row.NextRow();
            row.AddId(record.Id);
            row.AddLong(task.ExpectedVersion);
            TaskColumns.WriteUpdated(ref row, record, task.Outcome, task.LateResult, task.Approval);
            row.AddText(record.Last?.Trigger == Transition.Pin ? record.Spec.Requires : null);
            WrittenRows.WriteColumns(ref row, record);
        }
        return command;
    }

    public override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations) =>
        WrittenRows.ReadResults(rows, operations);
}
