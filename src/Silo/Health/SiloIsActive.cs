using OpenClaw.Hosting.Health;

namespace OpenClaw.Silo.Health;

/// <summary>The silo is a full member of the cluster, as far as it knows.</summary>
internal sealed class SiloIsActive(ISiloStatusOracle members) : IReadinessCheck
{
    public ValueTask<string?> FindError(CancellationToken cancellation) => new(
        members.CurrentStatus == SiloStatus.Active ? null : $"The silo is {members.CurrentStatus}, not Active.");
}
