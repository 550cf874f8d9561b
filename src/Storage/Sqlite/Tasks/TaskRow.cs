using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>How a row of the tasks table, joined with what was asked for, reads as a record or a snapshot.</summary>
internal static class TaskRow
{
    /// <param name="row">What is read.</param>
    /// <param name="payload">Where the row has it not.</param>
    public static TaskRecord ReadRecord(Statement row, byte[]? payload)
    {
        var record = ReadPlainRecord(row, payload ?? row.GetBlob(TaskColumns.Payload).ToArray());
        return ReadApproval(row, record.State, record.Attempt) is { } wait
            ? record with { State = TaskState.AwaitingApproval, Approval = wait }
            : record;
    }

    public static TaskSnapshot ReadSnapshot(Statement row)
    {
        var task = ReadPlainSnapshot(row);
        return ReadApproval(row, task.State, task.Attempt) is { } wait ? task with { Approval = wait, Worker = wait.Worker } : task;
    }

    private static TaskRecord ReadPlainRecord(Statement row, byte[] payload) => new()
    {
        Id = row.GetId(0),
        Spec = ReadSpec(row, payload),
        Version = row.GetLong(1),
        State = (TaskState)row.GetInt(2),
        CreatedAt = row.GetTime(8),
        Attempt = row.GetInt(11),
        FailedAttempts = row.GetInt(12),
        CancelRequested = row.GetInt(13) != 0,
        Epoch = row.GetLong(14),
        Worker = row.GetTextOrNull(15),
        Reason = row.GetTextOrNull(16),
        NotBefore = row.GetTimeOrNull(17),
        StartedAt = row.GetTimeOrNull(18),
        EndedAt = row.GetTimeOrNull(19),
        WakeAt = row.GetTimeOrNull(20),
        StartTicket = row.GetIdOrNull(31),
        Outcome = ReadOutcome(row, 21),
        LateResult = ReadOutcome(row, 22),
    };

    private static TaskSnapshot ReadPlainSnapshot(Statement row) => new()
    {
        Id = row.GetId(0),
        Spec = ReadSpec(row, []),
        Version = row.GetLong(1),
        State = (TaskState)row.GetInt(2),
        CreatedAt = row.GetTime(8),
        Attempt = row.GetInt(11),
        FailedAttempts = row.GetInt(12),
        CancelRequested = row.GetInt(13) != 0,
        Epoch = row.GetLong(14),
        Worker = row.GetTextOrNull(15),
        Reason = row.GetTextOrNull(16),
        NotBefore = row.GetTimeOrNull(17),
        StartedAt = row.GetTimeOrNull(18),
        EndedAt = row.GetTimeOrNull(19),
        Outcome = ReadOutcome(row, 21),
        LateResult = ReadOutcome(row, 22),
    };

    private static TaskSpec ReadSpec(Statement row, byte[] payload) => new()
    {
        Tenant = row.GetText(3),
        Pool = row.GetText(4),
        Kind = row.GetText(5),
        Requires = row.GetText(6),
        Priority = row.GetInt(7),
        ConcurrencyKey = row.GetTextOrNull(9),
        Session = row.GetTextOrNull(10),
        StartWithin = row.GetDuration(23),
        Timeout = row.GetDuration(24),
        Silence = row.GetDurationOrNull(25),
        KillGrace = row.GetDuration(26),
        MaxAttempts = row.GetInt(27),
        RequestDigest = row.GetBytesOrNull(28),
        TraceParent = row.GetTextOrNull(29),
        Tags = row.IsNull(30) ? null : TaskColumns.ReadTags(row.GetBlob(30)),
        Payload = payload,
    };

    private static ApprovalWait? ReadApproval(Statement row, TaskState state, int attempt) =>
        row.IsNull(32) ? null : TaskColumns.ReadApproval(state, attempt, row.GetBlob(32));

    private static AttemptOutcome? ReadOutcome(Statement row, int column) =>
        row.IsNull(column) ? null : TaskColumns.ReadOutcome(row.GetBlob(column));
}
