using System.Globalization;
using Npgsql;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Protocol.Audit;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.Audit;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Rows;
using OpenClaw.Storage.Tasks;
using OpenClaw.Storage.Webhooks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>
/// A write of a task with its audit row. JSON and digest are made by whoever asks for it: the writer's thread has more to do than any
/// other.
/// </summary>
internal abstract class TaskWrite(TaskRecord record, bool isFirst) : PostgresOperation<RowWrite>
{
    public override WriteKey? Key => new WriteKey(WriteTable.Tasks, record.Id);

    public TaskRecord Record => record;

    public byte[]? Outcome { get; } = TaskJson.Write(record.Outcome);

    public byte[]? LateResult { get; } = TaskJson.Write(record.LateResult);

    public RowProof? Proof { get; } = RowProof.FromRecord(record, isFirst);

    /// <summary>What is to be told with this step, to whom.</summary>
    public virtual IReadOnlyList<Webhook> Webhooks => [];

    /// <summary>What the attempt printed, when it came with its end; null: nothing.</summary>
    public virtual EndOutputRow? Output => null;
}

/// <summary>What the operations of a batch bring beside the rows of tasks. A statement leaves out the parts that none needs.</summary>
[Flags]
internal enum TaskExtras
{
    None = 0,
    Sessions = 1,
    Webhooks = 2,
    Output = 4,
}

/// <summary>The first write of a task: its row, its spec, the audit row.</summary>
internal sealed class InsertTask(TaskRecord record) : TaskWrite(record, isFirst: true)
{
    public override long Bytes => Record.Spec.Payload.Length;

    public override BulkStatement Statement => InsertTasks.Instance;

    public byte[]? Tags { get; } = TaskJson.Write(record.Spec.Tags);
}

/// <summary>A later write of a task with its audit row, and of an end with the output that came with it.</summary>
internal sealed class UpdateTask(TaskRecord record, long expectedVersion) : TaskWrite(record, isFirst: false)
{
    public override long Bytes => (Outcome?.Length ?? 0) + (LateResult?.Length ?? 0) + (Record.Output?.Bytes ?? 0);

    public override BulkStatement Statement => UpdateTasks.Instance;

    public long ExpectedVersion => expectedVersion;

    public byte[]? Approval { get; } = TaskJson.Write(record.Approval);

    public override IReadOnlyList<Webhook> Webhooks { get; } = WebhookColumns.CreateForStep(record);

    public override EndOutputRow? Output { get; } = EndOutputRow.FromRecord(record);
}

/// <summary>What the statements that write tasks have in common.</summary>
internal abstract class TaskWrites : BulkStatement
{
    /// <summary>What the audit row and the agent session of a task are made of, beside its own columns.</summary>
    protected const string AuditColumnNames = "activity, at, what, about, token_id, address, digest";

    private static readonly string Format = AuditDigest.NewestFormat.ToString(CultureInfo.InvariantCulture);

    public sealed override NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations)
    {
        // Most batches are about no agent session, and the statement that writes that table costs each of them the same.
        var hasSessions = operations.Exists(operation => ((TaskWrite)operation).Record.Spec.Session is not null);
        var webhooks = FindWebhooks(operations);
        var outputs = operations.Select(operation => ((TaskWrite)operation).Output).OfType<EndOutputRow>().ToList();
        var command = new NpgsqlBatchCommand(GetSql(
            (hasSessions ? TaskExtras.Sessions : 0) | (webhooks.Count > 0 ? TaskExtras.Webhooks : 0)
            | (outputs.Count > 0 ? TaskExtras.Output : 0)));
        var row = new ArrayRowWriter(operations.Count, command.Parameters);
        foreach (var operation in operations)
        {
            row.NextRow();
            WriteOwnColumns(ref row, operation);
            WriteAuditColumns(ref row, (TaskWrite)operation);
            WriteProof(ref row, (TaskWrite)operation);
        }
        command.Parameters.AddNext(operations[0].Chain);
        var hook = new ArrayRowWriter(webhooks.Count, command.Parameters);
        foreach (var webhook in webhooks)
        {
            hook.NextRow();
            WebhookColumns.WriteInserted(ref hook, webhook);
        }
        if (outputs.Count > 0) EndOutputRows.WriteParameters(outputs, command.Parameters);
        return command;
    }

    /// <summary>
    /// The statement returns the id of each row that it wrote, and of each that it did not because of its output, with that said; a row
    /// that is missing was in conflict.
    /// </summary>
    public sealed override void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
    {
        var results = new Dictionary<Guid, RowWrite>(operations.Count);
        while (rows.Read()) results[rows.GetGuid(0)] = rows.GetBoolean(1) ? RowWrite.HasOutput : RowWrite.Written;
        foreach (var operation in operations)
        {
            var write = (TaskWrite)operation;
            write.Result = results.GetValueOrDefault(write.Record.Id);
        }
    }

    /// <summary>The statement, with what it says of these or without.</summary>
    protected abstract string GetSql(TaskExtras extras);

    /// <summary>Writes what stands before <see cref="AuditColumnNames"/>.</summary>
    protected abstract void WriteOwnColumns(ref ArrayRowWriter row, PostgresOperation operation);

    /// <summary>Writes what stands behind <see cref="AuditColumnNames"/>.</summary>
    protected abstract void WriteProof(ref ArrayRowWriter row, TaskWrite write);

    /// <summary>
    /// The part of a statement that writes the audit rows of what it wrote. <c>about</c> is the attempt that the step was about, which is
    /// not always the one in the task's own row. And the link that they are in the chain: its number and the hash before it are the
    /// chain's own row, which the transaction holds until it is committed, so a batch that failed, or whose outcome is unknown, leaves no
    /// gap.
    /// </summary>
    /// <param name="written">What the statement wrote, with <see cref="AuditColumnNames"/> and the proof.</param>
    /// <param name="columns">All parameters; the one behind them names the chain.</param>
    /// <param name="proof">The columns of what is proved by the rows of this statement.</param>
    protected static string InsertAudit(string written, string columns, string proof) =>
        $"""
        , trail AS (
            INSERT INTO audit ({AuditColumns.Base}, {proof})
            SELECT seq, version, at, what, state, about, reason, worker, token_id, address, {Format}, {proof}
            FROM {written} WHERE what IS NOT NULL
        ), {ChainLinks.Append(
            $"""
            SELECT string_agg(int8send(seq) || int8send(version) || digest, ''::bytea ORDER BY seq, version), max(at)
            FROM {written} WHERE what IS NOT NULL
            """,
            AuditLinkKind.Written, $"${ColumnList.Count(columns) + 1}")}
        """;

    private static IReadOnlyList<Webhook> FindWebhooks(List<PostgresOperation> operations)
    {
        List<Webhook>? found = null;
        foreach (var operation in operations)
        {
            if (((TaskWrite)operation).Webhooks is { Count: > 0 } webhooks) (found ??= []).AddRange(webhooks);
        }
        return found ?? (IReadOnlyList<Webhook>)[];
    }

    private static void WriteAuditColumns(ref ArrayRowWriter row, TaskWrite write)
    {
        var record = write.Record;
        row.AddTime(record.EndedAt ?? record.StartedAt ?? record.CreatedAt);
        row.AddTime(record.Last?.At);
        row.AddText(record.Last?.Trigger);
        row.AddInt(record.Last?.Attempt ?? 0);
        row.AddText(record.Last?.Actor.AuditName);
        row.AddText(record.Last?.Actor.Address);
        row.AddBytes(write.Proof?.Digest);
    }
}

/// <summary>
/// The first writes of a batch, in one statement. An id that is there already is left out and missing among the answers. One that
/// another process commits at this very moment fails the statement; when it is repeated that one is there already.
/// </summary>
internal sealed class InsertTasks : TaskWrites
{
    public static readonly InsertTasks Instance = new();

    private const string Proof = "payload_digest";

    private const string Columns = TaskColumns.Inserted + ", " + SpecColumns.InSpecs + ", payload, " + AuditColumnNames + ", " + Proof;

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

    private const string Written = " SELECT id, false FROM new";

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
        ){InsertAudit("new", Columns, Proof)}
        """;

    private static readonly string Alone = Rows + Written;
    private static readonly string WithSessions = Rows + Sessions + Written;

    public override int Rank => 1;

    protected override string GetSql(TaskExtras extras) => extras.HasFlag(TaskExtras.Sessions) ? WithSessions : Alone;

    protected override void WriteOwnColumns(ref ArrayRowWriter row, PostgresOperation operation)
    {
        var task = (InsertTask)operation;
        TaskColumns.WriteInserted(ref row, task.Record, task.Outcome, task.LateResult);
        SpecColumns.WriteInSpecs(ref row, task.Record.Spec, task.Tags);
        row.AddBytes(task.Record.Spec.Payload);
    }

    protected override void WriteProof(ref ArrayRowWriter row, TaskWrite write) => row.AddBytes(write.Proof?.Payload);
}

/// <summary>The later writes of a batch, in one statement. A row at another version is left out and missing among the answers.</summary>
internal sealed class UpdateTasks : TaskWrites
{
    public static readonly UpdateTasks Instance = new();

    private const string Proof = "exit_code, outcome_digest";

    private const string Columns = "id, expected, " + TaskColumns.Updated + ", requires, " + AuditColumnNames + ", " + Proof;

    private const string Sessions =
        """
        , sessions AS (
            INSERT INTO conversations AS c (tenant, session, last_activity, task_count)
            SELECT tenant, session, max(activity), 0 FROM rows WHERE session IS NOT NULL
            GROUP BY tenant, session ORDER BY tenant, session
            ON CONFLICT (tenant, session) DO UPDATE SET last_activity = greatest(c.last_activity, excluded.last_activity)
        )
        """;

    private const string Written = " SELECT id, false FROM rows";

    private static readonly int Hook = ColumnList.Count(Columns) + 2;

    private static readonly string[] Statements = [.. Enumerable.Range(0, 8).Select(extras => BuildSql((TaskExtras)extras))];

    private static string FormatRows(string isNew) =>
        $"""
        rows AS (
            UPDATE tasks t SET {ColumnList.SetFrom("n", TaskColumns.Updated)}, requires = coalesce(n.requires, t.requires)
            FROM unnest({ColumnList.Parameters("$", Columns)}) AS n({Columns})
            WHERE t.id = n.id AND t.version = n.expected{isNew}
            RETURNING t.seq, t.id, t.tenant, t.session, n.version, n.state, n.reason, n.worker, n.activity, n.at, n.what, n.about,
                n.token_id, n.address, n.digest, {ColumnList.Qualify("n", Proof)}
        ){InsertAudit("rows", Columns, Proof)}
        """;

    /// <summary>
    /// One of a task only: what comes after its end, as a late result, is no second one. Its parameters stand behind that of the chain.
    /// </summary>
    private static string FormatHooks() =>
        $"""
        , hooks AS (
            INSERT INTO webhooks (task, {WebhookColumns.Inserted})
            SELECT r.seq, h.* FROM rows r JOIN unnest({ColumnList.Parameters("$", WebhookColumns.Inserted, Hook)})
                AS h({WebhookColumns.Inserted}) ON h.task_id = r.id
            ON CONFLICT (task, route) DO NOTHING
        )
        """;

    public override int Rank => 2;

    protected override string GetSql(TaskExtras extras) => Statements[(int)extras];

    private static string BuildSql(TaskExtras extras)
    {
        var (hasHooks, hasOutput) = (extras.HasFlag(TaskExtras.Webhooks), extras.HasFlag(TaskExtras.Output));
        var output = new EndOutputRows(hasHooks ? Hook + ColumnList.Count(WebhookColumns.Inserted) : Hook);
        return "WITH " + (hasOutput ? output.Printed : "")
            + FormatRows(hasOutput ? EndOutputRows.IsFirst : "")
            + (extras.HasFlag(TaskExtras.Sessions) ? Sessions : "")
            + (hasHooks ? FormatHooks() : "")
            + (hasOutput ? output.Inserts : "")
            + Written + (hasOutput ? EndOutputRows.Refused : "");
    }

    protected override void WriteOwnColumns(ref ArrayRowWriter row, PostgresOperation operation)
    {
        var (task, record) = ((UpdateTask)operation, ((UpdateTask)operation).Record);
        row.AddId(record.Id);
        row.AddLong(task.ExpectedVersion);
        TaskColumns.WriteUpdated(ref row, record, task.Outcome, task.LateResult, task.Approval);
        row.AddText(record.Last?.Trigger == Transition.Pin ? record.Spec.Requires : null);
    }

    protected override void WriteProof(ref ArrayRowWriter row, TaskWrite write)
    {
        row.AddInt(write.Proof?.ExitCode);
        row.AddBytes(write.Proof?.Outcome);
    }
}
