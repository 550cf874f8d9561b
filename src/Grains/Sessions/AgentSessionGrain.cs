using OpenClaw.GrainInterfaces.Sessions;
using OpenClaw.Grains.Ports;

namespace OpenClaw.Grains.Sessions;

/// <summary>Remembers on which PC an agent session is. Written once, and again only when it moves.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class AgentSessionGrain(
    [PersistentState("session", "Default")] IPersistentState<AgentSessionRecord> state) : Grain, IAgentSessionGrain
{
    private readonly CurrentState<AgentSessionRecord> current = new(state);

    public async Task<string?> Worker()
    {
        await current.EnsureCurrent();
        // An id nobody used, perhaps somebody's guess: keep nothing of it.
        if (!state.RecordExists) DeactivateOnIdle();
        return state.State.Worker;
    }

    public async Task Ran(string worker)
    {
        await current.EnsureCurrent();
        if (state.State.Worker == worker) return;
        await state.StoreOrForget(new AgentSessionRecord { Worker = worker }, DeactivateOnIdle);
    }
}

/// <summary>What is stored of an agent session.</summary>
[GenerateSerializer, Alias("AgentSessionRecord")]
internal sealed record AgentSessionRecord
{
    /// <summary>The worker on which its last turn was started.</summary>
    [Id(0)] public string? Worker { get; set; }
}
