using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage;
using OpenClaw.Storage.GroupCommit;
using Orleans.Storage;

namespace OpenClaw.FaultySilo;

/// <summary>
/// The storage of tasks with a share of writes that fail: before anything was written, after it was committed, or because a second writer
/// came in between and wrote the same record with the next version.
/// </summary>
internal sealed class FaultyStorage(IGrainStorage inner, FaultShares shares) : IGrainStorage
{
    private readonly Lock writing = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var roll = Random.Shared.NextDouble();
        if (roll < shares.Before)
        {
            Tell("before", grainId);
            throw new StoreUnavailableException("Planted: nothing was written.", null);
        }
        if (roll > 1 - shares.Conflict && grainState.ETag is not null) await BumpVersion(stateName, grainId);
        await inner.WriteStateAsync(stateName, grainId, grainState);
        if (roll < shares.Before || roll >= shares.Before + shares.After) return;
        Tell("after", grainId);
        throw new StoreUnavailableException("Planted: it was written.", null);
    }

    /// <summary>What a second activation of the grain would do.</summary>
    private async Task BumpVersion(string stateName, GrainId grainId)
    {
        var behind = new GrainState<TaskRecord>();
        await inner.ReadStateAsync(stateName, grainId, behind);
        if (!behind.RecordExists || behind.State is not { } task) return;
        behind.State = task with
        {
            Version = task.Version + 1,
            Last = new Transition("second-writer", TimeProvider.System.GetUtcNow(), Actor.System, task.Attempt),
        };
        await inner.WriteStateAsync(stateName, grainId, behind);
        Tell("conflict", grainId);
    }

    private void Tell(string kind, GrainId grainId)
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{kind} {grainId.GetGuidKey()} {TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}\n");
        lock (writing) File.AppendAllText(shares.File, line);
    }
}

/// <summary>Puts it around what the product registered.</summary>
internal static class FaultyHosting
{
    public static void MakeTasksFaulty(this IServiceCollection services, FaultShares shares)
    {
        var real = services.Last(
            s => s.IsKeyedService && s.ServiceType == typeof(IGrainStorage) && Equals(s.ServiceKey, StorageHosting.Tasks));
        services.Remove(real);
        services.AddKeyedSingleton<IGrainStorage>(StorageHosting.Tasks, (provider, key) => new FaultyStorage(
            (IGrainStorage)(real.KeyedImplementationFactory?.Invoke(provider, key)
                ?? ActivatorUtilities.CreateInstance(provider, real.KeyedImplementationType!)), shares));
    }
}
