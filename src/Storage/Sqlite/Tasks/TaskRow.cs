using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>How a row of the tasks table, joined with what was asked for, reads as a record or a snapshot.</summary>
internal static class TaskRow
{
    /// <param name="row">What is read.</param>
    /// <param name="payload">Where the row has it not.</param>
    public static TaskRecord Record(Statement row, byte[]? payload)
    {
        var record = Plain(row, payload ?? row.Blob(TaskColumns.Payload).ToArray());
        return Approval(row, record.State, record.Attempt) is { } wait
            ? record with { State = TaskState.AwaitingApproval, Approval = wait }
            : record;
    }

    public static TaskSnapshot Snapshot(Statement row)
    {
        var task = PlainSnapshot(row);
        return Approval(row, task.State, task.Attempt) is { } wait ? task with { Approval = wait, Worker = wait.Worker } : task;
    }

    private static TaskRecord Plain(Statement row, byte[] payload) => new()
    {
        Id = row.Id(0),
        Spec = Spec(row, payload),
        Version = row.Long(1),
        State = (TaskState)row.Int(2),
        CreatedAt = row.Time(8),
        Attempt = row.Int(11),
        FailedAttempts = row.Int(12),
        CancelRequested = row.Int(13) != 0,
        Epoch = row.Long(14),
        Worker = row.TextOrNull(15),
        Reason = row.TextOrNull(16),
        NotBefore = row.TimeOrNull(17),
        StartedAt = row.TimeOrNull(18),
        EndedAt = row.TimeOrNull(19),
        WakeAt = row.TimeOrNull(20),
        StartTicket = row.IdOrNull(31),
        Outcome = Outcome(row, 21),
        LateResult = Outcome(row, 22),
    };

    private static TaskSnapshot PlainSnapshot(Statement row) => new()
    {
        Id = row.Id(0),
        Spec = Spec(row, []),
        Version = row.Long(1),
        State = (TaskState)row.Int(2),
        CreatedAt = row.Time(8),
        Attempt = row.Int(11),
        FailedAttempts = row.Int(12),
        CancelRequested = row.Int(13) != 0,
        Epoch = row.Long(14),
        Worker = row.TextOrNull(15),
        Reason = row.TextOrNull(16),
        NotBefore = row.TimeOrNull(17),
        StartedAt = row.TimeOrNull(18),
        EndedAt = row.TimeOrNull(19),
        Outcome = Outcome(row, 21),
        LateResult = Outcome(row, 22),
    };

    private static TaskSpec Spec(Statement row, byte[] payload) => new()
    {
        Tenant = row.Text(3),
        Pool = row.Text(4),
        Kind = row.Text(5),
        Requires = row.Text(6),
        Priority = row.Int(7),
        ConcurrencyKey = row.TextOrNull(9),
        Session = row.TextOrNull(10),
        StartWithin = row.Duration(23),
        Timeout = row.Duration(24),
        Silence = row.DurationOrNull(25),
        KillGrace = row.Duration(26),
        MaxAttempts = row.Int(27),
        RequestDigest = row.BytesOrNull(28),
        TraceParent = row.TextOrNull(29),
        Tags = row.IsNull(30) ? null : TaskColumns.Tags(row.Blob(30)),
        Payload = payload,
    };

    private static ApprovalWait? Approval(Statement row, TaskState state, int attempt) =>
        row.IsNull(32) ? null : TaskColumns.Approval(state, attempt, row.Blob(32));

    private static AttemptOutcome? Outcome(Statement row, int column) =>
        row.IsNull(column) ? null : TaskColumns.Outcome(row.Blob(column));
}
