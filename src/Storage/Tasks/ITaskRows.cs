using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>The rows of the tasks table, one at a time, as a database keeps them. Every write is durable before it answers.</summary>
internal interface ITaskRows
{
    /// <summary>The record of a task; null when there is none.</summary>
    ValueTask<TaskRecord?> Find(Guid id);

    /// <summary>The first write, with its audit row. False when the id is taken.</summary>
    ValueTask<bool> Insert(TaskRecord record);

    /// <summary>A later write, with its audit row. False when the row is not at the expected version.</summary>
    ValueTask<bool> Update(TaskRecord record, long expectedVersion);

    /// <summary>Deletes the task with all that belongs to it. False when it is not at the expected version.</summary>
    ValueTask<bool> Delete(Guid id, long expectedVersion);

    /// <summary>Tasks of a tenant by state, counted over an index.</summary>
    ValueTask<IReadOnlyDictionary<TaskState, long>> Count(string tenant, CancellationToken cancellation);
}
