using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Servers;

/// <summary>A silo or a gateway that runs.</summary>
internal sealed record Member(string Name, string ClusterId, ServerProcess Process)
{
    /// <summary>Of a gateway.</summary>
    public GatewayAddress? Address { get; init; }
}
