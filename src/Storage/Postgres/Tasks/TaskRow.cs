using Npgsql;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>How a row of the tasks table, joined with what was asked for, reads as a record or a snapshot.</summary>
internal static class TaskRow
{
    public static TaskRecord Record(NpgsqlDataReader row)
    {
        var record = Plain(row);
        return Approval(row, record.State, record.Attempt) is { } wait
            ? record with { State = TaskState.AwaitingApproval, Approval = wait }
            : record;
    }

    public static TaskSnapshot Snapshot(NpgsqlDataReader row)
    {
        var task = PlainSnapshot(row);
        return Approval(row, task.State, task.Attempt) is { } wait ? task with { Approval = wait, Worker = wait.Worker } : task;
    }

    private static TaskRecord Plain(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Spec = Spec(row, row.GetFieldValue<byte[]>(TaskColumns.Payload)),
        Version = row.GetInt64(1),
        State = (TaskState)row.GetInt16(2),
        CreatedAt = row.Time(8),
        Attempt = row.GetInt32(11),
        FailedAttempts = row.GetInt32(12),
        CancelRequested = row.GetBoolean(13),
        Epoch = row.GetInt64(14),
        Worker = row.TextOrNull(15),
        Reason = row.TextOrNull(16),
        NotBefore = row.TimeOrNull(17),
        StartedAt = row.TimeOrNull(18),
        EndedAt = row.TimeOrNull(19),
        WakeAt = row.TimeOrNull(20),
        Outcome = Outcome(row, 21),
        LateResult = Outcome(row, 22),
        StartTicket = row.IsDBNull(31) ? null : row.GetGuid(31),
    };

    private static TaskSnapshot PlainSnapshot(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Spec = Spec(row, []),
        Version = row.GetInt64(1),
        State = (TaskState)row.GetInt16(2),
        CreatedAt = row.Time(8),
        Attempt = row.GetInt32(11),
        FailedAttempts = row.GetInt32(12),
        CancelRequested = row.GetBoolean(13),
        Epoch = row.GetInt64(14),
        Worker = row.TextOrNull(15),
        Reason = row.TextOrNull(16),
        NotBefore = row.TimeOrNull(17),
        StartedAt = row.TimeOrNull(18),
        EndedAt = row.TimeOrNull(19),
        Outcome = Outcome(row, 21),
        LateResult = Outcome(row, 22),
    };

    private static TaskSpec Spec(NpgsqlDataReader row, byte[] payload) => new()
    {
        Tenant = row.GetString(3),
        Pool = row.GetString(4),
        Kind = row.GetString(5),
        Requires = row.GetString(6),
        Priority = row.GetInt16(7),
        ConcurrencyKey = row.TextOrNull(9),
        Session = row.TextOrNull(10),
        StartWithin = TimeSpan.FromTicks(row.GetInt64(23)),
        Timeout = TimeSpan.FromTicks(row.GetInt64(24)),
        Silence = row.IsDBNull(25) ? null : TimeSpan.FromTicks(row.GetInt64(25)),
        KillGrace = TimeSpan.FromTicks(row.GetInt64(26)),
        MaxAttempts = row.GetInt32(27),
        RequestDigest = row.BytesOrNull(28),
        TraceParent = row.TextOrNull(29),
        Tags = row.BytesOrNull(30) is { } tags ? TaskColumns.Tags(tags) : null,
        Payload = payload,
    };

    private static ApprovalWait? Approval(NpgsqlDataReader row, TaskState state, int attempt) =>
        row.BytesOrNull(32) is { } json ? TaskColumns.Approval(state, attempt, json) : null;

    private static AttemptOutcome? Outcome(NpgsqlDataReader row, int column) =>
        row.BytesOrNull(column) is { } json ? TaskColumns.Outcome(json) : null;
}
