using System.Collections.Concurrent;
using Orleans.Storage;

namespace OpenClaw.Grains.Tests.Silo;

/// <summary>A store in which somebody else can lock a row: writes of it wait until it is let go.</summary>
internal sealed class LockableStorage(IGrainStorage inner) : IGrainStorage
{
    private readonly ConcurrentDictionary<GrainId, TaskCompletionSource> locks = new();

    private readonly ConcurrentDictionary<GrainId, int> waiting = new();

    /// <summary>Writes that have met the lock of this row.</summary>
    public int Waiting(GrainId row) => waiting.GetValueOrDefault(row);

    public void Lock(GrainId row) => locks[row] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo(GrainId row)
    {
        if (locks.TryRemove(row, out var held)) held.SetResult();
    }

    public int Reads;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref Reads);
        return inner.ReadStateAsync(stateName, grainId, grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (locks.TryGetValue(grainId, out var held))
        {
            waiting.AddOrUpdate(grainId, 1, (_, count) => count + 1);
            await held.Task;
        }
        await inner.WriteStateAsync(stateName, grainId, grainState);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, grainId, grainState);
}
