using System.Globalization;
using OpenClaw.Grains.Tasks;
using Orleans.Storage;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// The grain storage named <c>tasks</c>: one row a task, its version as ETag. A lost compare-and-set is an
/// <see cref="InconsistentStateException"/>; any other exception means that the outcome is unknown.
/// </summary>
internal sealed class TaskStorage(ITaskRows rows) : IGrainStorage
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
        var expected = ParseVersion(grainState.ETag);
        var written = expected is { } version
            ? await rows.Update(record, version).ConfigureAwait(false)
            : await rows.Insert(record).ConfigureAwait(false);
        if (!written) throw CreateConflict(id, grainState.ETag);
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
