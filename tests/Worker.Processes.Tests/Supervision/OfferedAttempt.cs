using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Attempts;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

/// <summary>An attempt whose start nobody has to be asked for.</summary>
internal sealed class OfferedAttempt(string task) : IProgramOwner
{
    public Offer Offer { get; } = new()
    {
        AttemptId = task + ".1", TaskId = task, Attempt = 1, Kind = "command", Payload = JsonElement.Parse("{}"), Timeout = 60_000,
        KillGrace = 1000,
    };

    public AttemptStop Stop { get; } = new();

    public IReadOnlyList<ProcessIdentity>? RecoveredSupervisors => null;

    public long RenewedAt { get; } = TimeProvider.System.GetTimestamp();

    public event Action<long>? Renewed { add { } remove { } }

    public bool HasSpawned { get; private set; }

    public Task<bool> ConfirmStart() => Task.FromResult(Stop.Why == StopReason.None);

    public void BeginProgram()
    {
    }

    public void MarkSpawned() => HasSpawned = true;

    public void EndProgram()
    {
    }
}

/// <summary>A journal that a daemon's end empties.</summary>
internal sealed class MemoryJournal : ISpawnJournal
{
    private readonly Lock gate = new();
    private readonly HashSet<string> open = [];

    public void RecordOffer(Offer offer)
    {
        lock (gate) open.Add(offer.AttemptId);
    }

    public void RecordEnd(string attemptId)
    {
        lock (gate) open.Remove(attemptId);
    }

    public bool RecordSpawn(string attemptId, SpawnNote spawn) => IsOpen(attemptId);

    public bool IsOpen(string attemptId)
    {
        lock (gate) return open.Contains(attemptId);
    }
}

internal sealed class SilentLog : ISupervisionLog
{
    public void SupervisorLost(string attempt)
    {
    }

    public void NoDoor(Exception error)
    {
    }
}
