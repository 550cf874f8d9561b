using System.Globalization;
using Orleans.Messaging;

namespace OpenClaw.GrainInterfaces.Upgrades;

/// <summary>
/// What a gateway knows of the membership: the list that Orleans reads to find silos, as it was read last. Nothing is read for this alone.
/// </summary>
internal sealed class ListedSilos(IGatewayListProvider list) : IGatewayListProvider, IClusterMembers
{
    private volatile IReadOnlyList<SiloAddress>? active;

    public IReadOnlyList<SiloAddress>? Active => active;

    public TimeSpan MaxStaleness => list.MaxStaleness;

    [Obsolete("Orleans asks for it no more.")]
    public bool IsUpdatable => list.IsUpdatable;

    public Task InitializeGatewayListProvider() => list.InitializeGatewayListProvider();

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default) =>
        list.InitializeGatewayListProviderAsync(cancellationToken);

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync();

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var gateways = await list.GetGatewaysAsync(cancellationToken);
        active = [.. gateways.Select(ParseAddress)];
        return gateways;
    }

    /// <summary>gwy.tcp://MACHINE:PORT/GENERATION; Orleans' own reader of it leaves the generation out.</summary>
    private static SiloAddress ParseAddress(Uri gateway) => SiloAddress.New(
        gateway.ToIPEndPoint() ?? throw new FormatException($"'{gateway}' is no address of a gateway."),
        int.Parse(gateway.AbsolutePath.AsSpan(1), CultureInfo.InvariantCulture));
}
