using System.Globalization;
using Microsoft.Extensions.Options;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Ports;
using OpenClaw.Grains.Tasks;
using Orleans.Storage;

namespace OpenClaw.Storage.Tasks;

/// <summary>What became of a write.</summary>
internal enum RowWrite
{
    /// <summary>The row is not at the expected version, or the id is taken: nothing was written.</summary>
    Outdated = 0,
    Written = 1,
    /// <summary>There is output of the attempt whose end came with some: nothing was written.</summary>
    HasOutput = 2,
}

/// <summary>The rows of the tasks table, one at a time, as a database keeps them. Every write is durable before it answers.</summary>
internal interface ITaskRows
{
    /// <summary>The record of a task; null when there is none.</summary>
    ValueTask<TaskRecord?> Find(Guid id);

    /// <summary>The first write, with its audit row. False when the id is taken.</summary>
    ValueTask<bool> Insert(TaskRecord record);

    /// <summary>A later write, with its audit row and, of an end, with the output that came with it.</summary>
    ValueTask<RowWrite> Update(TaskRecord record, long expectedVersion);

    /// <summary>Deletes the task with all that belongs to it. False when it is not at the expected version.</summary>
    ValueTask<bool> Delete(Guid id, long expectedVersion);

    /// <summary>Tasks of a tenant that have not ended, by state, counted over an index.</summary>
    ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation);

    /// <summary>Tasks that ended in a stretch of time, its end not included.</summary>
    ValueTask<TaskTally> CountEnded(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation);

    /// <summary>When the next task ended after a time, so many of them passed over; null: there are no more than those.</summary>
    ValueTask<DateTimeOffset?> FindEndTime(DateTimeOffset after, int skip, CancellationToken cancellation);
}

/// <summary>
/// The grain storage named <c>tasks</c>: one row a task, its version as ETag. A lost compare-and-set is an
/// <see cref="InconsistentStateException"/>, an end whose output can't be written with it an <see cref="OutputApartException"/>; any other
/// exception means that the outcome is unknown.
/// </summary>
internal sealed class TaskStorage(ITaskRows rows, IOptions<StorageOptions> options) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var target = CastState(grainState);
        if (await rows.Find(grainId.GetGuidKey()).ConfigureAwait(false) is { } record)
        {
            target.State = record;
            SetFound(grainState, record.Version);
        }
        else
        {
            SetMissing(grainState);
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = CastState(grainState).State ?? throw new ArgumentException("There is no record to write.", nameof(grainState));
        var id = grainId.GetGuidKey();
        if (record.Id != id) throw new ArgumentException($"The record is of task {record.Id}, the grain is {id}.", nameof(grainState));
        var written = await WriteRow(record, ParseVersion(grainState.ETag)).ConfigureAwait(false);
        if (written == RowWrite.HasOutput) throw new OutputApartException();
        if (written == RowWrite.Outdated) throw CreateConflict(id, grainState.ETag);
        SetFound(grainState, record.Version);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var id = grainId.GetGuidKey();
        if (ParseVersion(grainState.ETag) is { } version && !await rows.Delete(id, version).ConfigureAwait(false))
        {
            throw CreateConflict(id, grainState.ETag);
        }
        SetMissing(grainState);
    }

    private async ValueTask<RowWrite> WriteRow(TaskRecord record, long? expectedVersion)
    {
        if (expectedVersion is not { } version)
            return await rows.Insert(record).ConfigureAwait(false) ? RowWrite.Written : RowWrite.Outdated;
        // What has to be cut is for the log to cut.
        if (record.Output?.Bytes > options.Value.Output.Head) return RowWrite.HasOutput;
        return await rows.Update(record, version).ConfigureAwait(false);
    }

    private static IGrainState<TaskRecord> CastState<T>(IGrainState<T> state) =>
        state as IGrainState<TaskRecord>
        ?? throw new NotSupportedException($"The storage of tasks holds {nameof(TaskRecord)}, not {typeof(T)}.");

    private static long? ParseVersion(string? etag) => etag is null ? null : long.Parse(etag, CultureInfo.InvariantCulture);

    private static void SetFound<T>(IGrainState<T> state, long version)
    {
        state.ETag = version.ToString(CultureInfo.InvariantCulture);
        state.RecordExists = true;
    }

    private static void SetMissing<T>(IGrainState<T> state)
    {
        state.State = Activator.CreateInstance<T>();
        state.ETag = null;
        state.RecordExists = false;
    }

    private static InconsistentStateException CreateConflict(Guid id, string? etag) => new(
        etag is null ? $"Task {id} exists already." : $"Task {id} is not at version {etag} any more.", "unknown", etag ?? "none");
}
