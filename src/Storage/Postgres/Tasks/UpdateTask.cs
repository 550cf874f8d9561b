using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.GroupCommit;
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
