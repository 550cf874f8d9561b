using OpenClaw.Hosting.Health;

namespace OpenClaw.Gateway.Hosting;

/// <summary>Silos this gateway is connected to.</summary>
internal sealed class ClusterConnection : IReadinessCheck
{
    private volatile int silos;

    public void Count(int connected) => silos = connected;

    public ValueTask<string?> Fault(CancellationToken cancellation) => new(silos > 0 ? null : "Not connected to any silo.");
}
