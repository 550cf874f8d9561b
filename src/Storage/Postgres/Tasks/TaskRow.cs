using Npgsql;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>How a row of the tasks table, joined with what was asked for, reads as a record or a snapshot.</summary>
internal static class TaskRow
{
    public static TaskRecord ReadRecord(NpgsqlDataReader row)
    {
        var record = ReadPlainRecord(row);
        return ReadApproval(row, record.State, record.Attempt) is { } wait
            ? record with { State = TaskState.AwaitingApproval, Approval = wait }
            : record;
    }

    public static TaskSnapshot ReadSnapshot(NpgsqlDataReader row)
    {
        var task = ReadPlainSnapshot(row);
        return ReadApproval(row, task.State, task.Attempt) is { } wait ? task with { Approval = wait, Worker = wait.Worker } : task;
    }

    private static TaskRecord ReadPlainRecord(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Spec = ReadSpec(row, row.GetFieldValue<byte[]>(TaskColumns.Payload)),
        Version = row.GetInt64(1),
        State = (TaskState)row.GetInt16(2),
        CreatedAt = row.GetTime(8),
        Attempt = row.GetInt32(11),
        FailedAttempts = row.GetInt32(12),
        CancelRequested = row.GetBoolean(13),
        Epoch = row.GetInt64(14),
        Worker = row.GetTextOrNull(15),
        Reason = row.GetTextOrNull(16),
        NotBefore = row.GetTimeOrNull(17),
        StartedAt = row.GetTimeOrNull(18),
        EndedAt = row.GetTimeOrNull(19),
        WakeAt = row.GetTimeOrNull(20),
        Outcome = ReadOutcome(row, 21),
        LateResult = ReadOutcome(row, 22),
        StartTicket = row.IsDBNull(31) ? null : row.GetGuid(31),
    };

    private static TaskSnapshot ReadPlainSnapshot(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Spec = ReadSpec(row, []),
        Version = row.GetInt64(1),
        State = (TaskState)row.GetInt16(2),
        CreatedAt = row.GetTime(8),
        Attempt = row.GetInt32(11),
        FailedAttempts = row.GetInt32(12),
        CancelRequested = row.GetBoolean(13),
        Epoch = row.GetInt64(14),
        Worker = row.GetTextOrNull(15),
        Reason = row.GetTextOrNull(16),
        NotBefore = row.GetTimeOrNull(17),
        StartedAt = row.GetTimeOrNull(18),
        EndedAt = row.GetTimeOrNull(19),
        Outcome = ReadOutcome(row, 21),
        LateResult = ReadOutcome(row, 22),
    };

    private static TaskSpec ReadSpec(NpgsqlDataReader row, byte[] payload) => new()
    {
        Tenant = row.GetString(3),
        Pool = row.GetString(4),
        Kind = row.GetString(5),
        Requires = row.GetString(6),
        Priority = row.GetInt16(7),
        ConcurrencyKey = row.GetTextOrNull(9),
        Session = row.GetTextOrNull(10),
        StartWithin = TimeSpan.FromTicks(row.GetInt64(23)),
        Timeout = TimeSpan.FromTicks(row.GetInt64(24)),
        Silence = row.IsDBNull(25) ? null : TimeSpan.FromTicks(row.GetInt64(25)),
        KillGrace = TimeSpan.FromTicks(row.GetInt64(26)),
        MaxAttempts = row.GetInt32(27),
        RequestDigest = row.GetBytesOrNull(28),
        TraceParent = row.GetTextOrNull(29),
        Tags = row.GetBytesOrNull(30) is { } tags ? TaskColumns.ReadTags(tags) : null,
        Payload = payload,
    };

    private static ApprovalWait? ReadApproval(NpgsqlDataReader row, TaskState state, int attempt) =>
        row.GetBytesOrNull(32) is { } json ? TaskColumns.ReadApproval(state, attempt, json) : null;

    private static AttemptOutcome? ReadOutcome(NpgsqlDataReader row, int column) =>
        row.GetBytesOrNull(column) is { } json ? TaskColumns.ReadOutcome(json) : null;
}
