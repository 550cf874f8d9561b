using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace OpenClaw.Silo.Membership;

/// <summary>
/// Who this silo is to others. Orleans numbers a silo by its machine's clock, and whoever meets a new one by a number over an hour old
/// takes it for dead: after a machine's clock was set back no silo could join. So the number is of the clock that all silos agree on.
/// </summary>
internal sealed class SiloIdentity : ILocalSiloDetails
{
    /// <summary>Orleans' own: numbers of an older build beside this one are of the same kind, seconds since then.</summary>
    private static readonly DateTimeOffset FirstGeneration = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public SiloIdentity(
        IOptions<Orleans.Configuration.SiloOptions> silo,
        IOptions<ClusterOptions> cluster,
        IOptions<EndpointOptions> endpoints,
        TimeProvider clock)
    {
        var (address, ports) = (endpoints.Value.AdvertisedIPAddress, endpoints.Value);
        var generation = (int)Math.Clamp((clock.GetUtcNow() - FirstGeneration).TotalSeconds, 1, int.MaxValue);
        (Name, ClusterId, DnsHostName) = (silo.Value.SiloName, cluster.Value.ClusterId, Dns.GetHostName());
        SiloAddress = SiloAddress.New(address, ports.SiloPort, generation);
        GatewayAddress = ports.GatewayPort == 0 ? null! : SiloAddress.New(address, ports.GatewayPort, generation);
    }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName { get; }

    public SiloAddress SiloAddress { get; }

    /// <summary>Null: gateways of the cluster do not connect to this one.</summary>
    public SiloAddress GatewayAddress { get; }
}
