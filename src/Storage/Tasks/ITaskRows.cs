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

    /// <summary>Tasks of a tenant that have not ended, by state, counted over an index.</summary>
    ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation);

    /// <summary>Tasks that ended in a stretch of time, its end not included.</summary>
    ValueTask<TaskTally> CountEnded(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation);

    /// <summary>When the next task ended after a time, so many of them passed over; null: there are no more than those.</summary>
    ValueTask<DateTimeOffset?> FindEndTime(DateTimeOffset after, int skip, CancellationToken cancellation);
}
