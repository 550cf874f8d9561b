using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.GroupCommit;
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
