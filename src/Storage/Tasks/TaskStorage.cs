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
        var target = Target(grainState);
        if (await rows.Find(grainId.GetGuidKey()).ConfigureAwait(false) is { } record)
        {
            target.State = record;
            Found(grainState, record.Version);
        }
        else
        {
            Missing(grainState);
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = Target(grainState).State ?? throw new ArgumentException("There is no record to write.", nameof(grainState));
        var id = grainId.GetGuidKey();
        if (record.Id != id) throw new ArgumentException($"The record is of task {record.Id}, the grain is {id}.", nameof(grainState));
        var expected = Expected(grainState.ETag);
        var written = expected is { } version
            ? await rows.Update(record, version).ConfigureAwait(false)
            : await rows.Insert(record).ConfigureAwait(false);
        if (!written) throw Conflict(id, grainState.ETag);
        Found(grainState, record.Version);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var id = grainId.GetGuidKey();
        if (Expected(grainState.ETag) is { } version && !await rows.Delete(id, version).ConfigureAwait(false))
        {
            throw Conflict(id, grainState.ETag);
        }
        Missing(grainState);
    }

    private static IGrainState<TaskRecord> Target<T>(IGrainState<T> state) =>
        state as IGrainState<TaskRecord>
        ?? throw new NotSupportedException($"The storage of tasks holds {nameof(TaskRecord)}, not {typeof(T)}.");

    private static long? Expected(string? etag) => etag is null ? null : long.Parse(etag, CultureInfo.InvariantCulture);

    private static void Found<T>(IGrainState<T> state, long version)
    {
        state.ETag = version.ToString(CultureInfo.InvariantCulture);
        state.RecordExists = true;
    }

    private static void Missing<T>(IGrainState<T> state)
    {
        state.State = Activator.CreateInstance<T>();
        state.ETag = null;
        state.RecordExists = false;
    }

    private static InconsistentStateException Conflict(Guid id, string? etag) => new(
        etag is null ? $"Task {id} exists already." : $"Task {id} is not at version {etag} any more.", "unknown", etag ?? "none");
}
