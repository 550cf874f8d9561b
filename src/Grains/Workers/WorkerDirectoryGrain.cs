using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Workers;

/// <summary>The names of a tenant's workers. Everything else about them their own grains know.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class WorkerDirectoryGrain(
    [PersistentState("workers", "Default")] IPersistentState<WorkerNames> state) : Grain, IWorkerDirectoryGrain
{
    public async Task Add(string name)
    {
        if (!state.State.Names.Contains(name)) await Store(state.State with { Names = [.. state.State.Names, name] });
    }

    public async Task<string> Identify()
    {
        if (state.State.Id is null) await Store(state.State with { Id = Guid.NewGuid().ToString("N") });
        return state.State.Id!;
    }

    public async Task<WorkerSnapshot[]> List()
    {
        var tenant = WorkerKeys.TenantOf(this.GetPrimaryKeyString());
        var asked = state.State.Names.Select(name => GrainFactory.GetGrain<IWorkerGrain>(WorkerKeys.Worker(tenant, name)).Get());
        var answers = await Task.WhenAll(asked);
        return [.. answers.OfType<WorkerSnapshot>().OrderBy(worker => worker.Name, StringComparer.Ordinal)];
    }

    private async Task Store(WorkerNames next)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            DeactivateOnIdle();
            throw;
        }
    }
}

/// <summary>What is stored of a directory.</summary>
[GenerateSerializer, Alias("WorkerNames")]
internal sealed record WorkerNames
{
    /// <summary>Every name a worker ever had.</summary>
    [Id(0)] public HashSet<string> Names { get; set; } = new(StringComparer.Ordinal);
    /// <summary>Which tasks these are; null until somebody asked.</summary>
    [Id(1)] public string? Id { get; set; }
}
