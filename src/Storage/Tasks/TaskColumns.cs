using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.WakeUps;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Rows;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// The columns of the tasks table: their names, and how they are written and read, in the same order. A column is added here (one of what
/// was asked for in <see cref="SpecColumns"/>) and in a migration of each store, nowhere else.
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
    public static readonly string SelectedWhole = ColumnList.Qualify("t", "id, created_at, " + SpecColumns.InTasks) + ", "
        + ColumnList.Qualify("s", SpecColumns.InSpecs) + ", " + ColumnList.Qualify("t", State + ", approval");

    /// <summary>The same for lists, which leave out what may be long.</summary>
    public static readonly string Selected = SelectedWhole.Replace("s.signed", "NULL", StringComparison.Ordinal);

    /// <summary>Index of the payload when it is selected after these.</summary>
    public static readonly int Payload = ColumnList.Count(Selected);

    /// <summary>Writes <see cref="Inserted"/>. JSON comes ready made: the thread that writes has more to do than any other.</summary>
    public static void WriteInserted<TRow>(ref TRow row, TaskRecord record, byte[]? outcome, byte[]? lateResult)
        where TRow : struct, IRowWriter
    {
        row.AddId(record.Id);
        row.AddTime(record.CreatedAt);
        SpecColumns.WriteInTasks(ref row, record.Spec);
        row.AddShort(WakeUpShards.GetShard(record.Id));
        WriteState(ref row, record, outcome, lateResult);
    }

    /// <summary>Writes <see cref="Updated"/>. JSON comes ready made, as above.</summary>
    public static void WriteUpdated<TRow>(ref TRow row, TaskRecord record, byte[]? outcome, byte[]? lateResult, byte[]? approval)
        where TRow : struct, IRowWriter
    {
        WriteState(ref row, record, outcome, lateResult);
        row.AddBytes(approval);
        row.AddText(record.Approval?.Worker);
    }

    /// <summary>Reads <see cref="Selected"/> from the first column on.</summary>
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

/// <summary>
/// The columns of what was asked for: their names, and how they are written and read, in the same order. What queries look for stands in
/// the row of the task, the rest in one of its own that no update touches.
/// </summary>
internal static class SpecColumns
{
    public const string InTasks = "tenant, pool, kind, requires, priority, concurrency_key, session, submitter";

    /// <summary>Without the payload, which each store writes and reads in its own way, and lists leave out.</summary>
    public const string InSpecs = "start_within, timeout, silence, kill_grace, max_attempts, request_digest, trace_parent, "
        + "callback_url, callback_channel, tags, signed";

    public static void WriteInTasks<TRow>(ref TRow row, TaskSpec spec)
        where TRow : struct, IRowWriter
    {
        row.AddText(spec.Tenant);
        row.AddText(spec.Pool);
        row.AddText(spec.Kind);
        row.AddText(spec.Requires);
        row.AddShort(spec.Priority);
        row.AddText(spec.ConcurrencyKey);
        row.AddText(spec.Session);
        row.AddText(spec.TokenId);
    }

    public static void WriteInSpecs<TRow>(ref TRow row, TaskSpec spec, byte[]? tags)
        where TRow : struct, IRowWriter
    {
        row.AddDuration(spec.StartWithin);
        row.AddDuration(spec.Timeout);
        row.AddDuration(spec.Silence);
        row.AddDuration(spec.KillGrace);
        row.AddInt(spec.MaxAttempts);
        row.AddBytes(spec.RequestDigest);
        row.AddText(spec.TraceParent);
        row.AddText(spec.CallbackUrl);
        row.AddText(spec.CallbackChannel);
        row.AddBytes(tags);
        row.AddBytes(spec.Signed);
    }

    /// <summary>Reads <see cref="InTasks"/>, then <see cref="InSpecs"/>.</summary>
    public static TaskSpec Read<TRow>(ref TRow row, byte[] payload)
        where TRow : struct, IRowReader => new()
        {
            Tenant = row.ReadText(),
            Pool = row.ReadText(),
            Kind = row.ReadText(),
            Requires = row.ReadText(),
            Priority = row.ReadShort(),
            ConcurrencyKey = row.ReadTextOrNull(),
            Session = row.ReadTextOrNull(),
            TokenId = row.ReadText(),
            StartWithin = row.ReadDuration(),
            Timeout = row.ReadDuration(),
            Silence = row.ReadDurationOrNull(),
            KillGrace = row.ReadDuration(),
            MaxAttempts = row.ReadInt(),
            RequestDigest = row.ReadBytesOrNull(),
            TraceParent = row.ReadTextOrNull(),
            CallbackUrl = row.ReadTextOrNull(),
            CallbackChannel = row.ReadTextOrNull(),
            Tags = TaskJson.ReadTags(row.ReadJson()),
            Signed = row.ReadBytesOrNull(),
            Payload = payload,
        };
}
