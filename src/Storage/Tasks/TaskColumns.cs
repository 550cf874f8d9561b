using OpenClaw.GrainInterfaces.Deadlines;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// The columns of the tasks table: their names, and how they are written and read, in the same order. A column is added here (or in
/// <see cref="SpecColumns"/>) and in a migration of each store, nowhere else.
/// </summary>
internal static class TaskColumns
{
    /// <summary>What an insert writes.</summary>
    public const string Inserted = "id, created_at, " + SpecColumns.InTasks + ", shard, " + State;

    /// <summary>What every update writes. A pinned task's <c>requires</c> comes on top.</summary>
    public const string Updated = State + ", approval, awaits";

    private const string State =
        "version, state, attempt, failed_attempts, cancel_requested, epoch, worker, reason, not_before, started_at, ended_at, wake_at, "
        + "outcome, late_result, start_ticket";

    /// <summary>
    /// What is selected of a task <c>t</c> and its spec <c>s</c>. The payload may follow, as column <see cref="Payload"/>.
    /// </summary>
    public static readonly string Selected = ColumnList.Qualify("t", "id, created_at, " + SpecColumns.InTasks) + ", "
        + ColumnList.Qualify("s", SpecColumns.InSpecs) + ", " + ColumnList.Qualify("t", State + ", approval");

    /// <summary>Index of the payload when it is selected after <see cref="Selected"/>.</summary>
    public static readonly int Payload = ColumnList.Count(Selected);

    /// <summary>Writes <see cref="Inserted"/>. JSON comes ready made: the thread that writes has more to do than any other.</summary>
    public static void WriteInserted<TRow>(ref TRow row, TaskRecord record, byte[]? outcome, byte[]? lateResult)
        where TRow : struct, IRowWriter
    {
        row.AddId(record.Id);
        row.AddTime(record.CreatedAt);
        SpecColumns.WriteInTasks(ref row, record.Spec);
        row.AddShort(DeadlineShards.GetShard(record.Id));
        WriteState(ref row, record, outcome, lateResult);
    }

    /// <summary>Writes <see cref="Updated"/>.</summary>
    public static void WriteUpdated<TRow>(ref TRow row, TaskRecord record, byte[]? outcome, byte[]? lateResult, byte[]? approval)
        where TRow : struct, IRowWriter
    {
        WriteState(ref row, record, outcome, lateResult);
        row.AddBytes(approval);
        row.AddText(record.Approval?.Worker);
    }

    /// <summary>Reads <see cref="Selected"/>.</summary>
    public static TaskRecord Read<TRow>(TRow row, byte[] payload)
        where TRow : struct, IRowReader
    {
        var record = new TaskRecord
        {
            Id = row.ReadId(),
            CreatedAt = row.ReadTime(),
            Spec = SpecColumns.Read(ref row, payload),
            Version = row.ReadLong(),
            State = (TaskState)row.ReadShort(),
            Attempt = row.ReadInt(),
            FailedAttempts = row.ReadInt(),
            CancelRequested = row.ReadFlag(),
            Epoch = row.ReadLong(),
            Worker = row.ReadTextOrNull(),
            Reason = row.ReadTextOrNull(),
            NotBefore = row.ReadTimeOrNull(),
            StartedAt = row.ReadTimeOrNull(),
            EndedAt = row.ReadTimeOrNull(),
            WakeAt = row.ReadTimeOrNull(),
            Outcome = TaskJson.ReadOutcome(row.ReadJson()),
            LateResult = TaskJson.ReadOutcome(row.ReadJson()),
            StartTicket = row.ReadIdOrNull(),
        };
        return TaskJson.ReadApproval(record.State, record.Attempt, row.ReadJson()) is { } wait
            ? record with { State = TaskState.AwaitingApproval, Approval = wait }
            : record;
    }

    private static void WriteState<TRow>(ref TRow row, TaskRecord record, byte[]? outcome, byte[]? lateResult)
        where TRow : struct, IRowWriter
    {
        row.AddLong(record.Version);
        row.AddShort((int)StoredState.FromState(record.State));
        row.AddInt(record.Attempt);
        row.AddInt(record.FailedAttempts);
        row.AddFlag(record.CancelRequested);
        row.AddLong(record.Epoch);
        row.AddText(record.Worker);
        row.AddText(record.Reason);
        row.AddTime(record.NotBefore);
        row.AddTime(record.StartedAt);
        row.AddTime(record.EndedAt);
        row.AddTime(record.WakeAt);
        row.AddBytes(outcome);
        row.AddBytes(lateResult);
        row.AddId(record.StartTicket);
    }
}
