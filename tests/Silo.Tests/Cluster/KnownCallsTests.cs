using System.Collections.Immutable;
using System.Net;
using OpenClaw.GrainInterfaces.Upgrades;
using Orleans.Metadata;

namespace OpenClaw.Silo.Tests.Cluster;

public sealed class KnownCallsTests
{
    private const string Call = "call";
    private static readonly GrainInterfaceType Interface = GrainInterfaceType.Create("interface");

    /// <param name="manifests">Silos with a manifest, '!' after one that does not know the call.</param>
    /// <param name="active">Silos or gateways that are active; null: nothing is known of them.</param>
    /// <param name="expected">Whether the call may be made.</param>
    [Theory]
    [InlineData("10.0.0.1:1@7", "10.0.0.1:1@7", true)]
    [InlineData("10.0.0.1:1@7!", "10.0.0.1:1@7", false)]
    [InlineData("10.0.0.1:1@7 10.0.0.2:1@7", "10.0.0.1:1@7 10.0.0.2:1@7", true)]
    [InlineData("10.0.0.1:1@7 10.0.0.2:1@7!", "10.0.0.1:1@7 10.0.0.2:1@7", false)]
    // Gateways have ports of their own.
    [InlineData("10.0.0.1:1@7 10.0.0.2:1@7", "10.0.0.1:9@7 10.0.0.2:9@7", true)]
    // One whose manifest has not come yet: it may be of any build.
    [InlineData("10.0.0.1:1@7", "10.0.0.1:1@7 10.0.0.2:1@7", false)]
    [InlineData("10.0.0.1:1@7", "10.0.0.1:1@7 10.0.0.1:1@8", false)]
    [InlineData("", "10.0.0.1:1@7", false)]
    // Two of one machine that began in one second.
    [InlineData("10.0.0.1:1@7 10.0.0.1:2@7", "10.0.0.1:8@7 10.0.0.1:9@7", true)]
    [InlineData("10.0.0.1:1@7", "10.0.0.1:8@7 10.0.0.1:9@7", false)]
    // A gateway's own manifest is beside those of silos, without a port.
    [InlineData("10.0.0.1:0@7 10.0.0.1:1@7", "10.0.0.1:8@7", true)]
    [InlineData("10.0.0.1:0@7 10.0.0.1:1@7", "10.0.0.1:8@7 10.0.0.1:9@7", false)]
    // One that has gone, and still has its manifest here.
    [InlineData("10.0.0.1:1@7 10.0.0.2:1@7", "10.0.0.1:1@7", true)]
    [InlineData("10.0.0.1:1@7 10.0.0.2:1@7!", "10.0.0.1:1@7", false)]
    [InlineData("10.0.0.1:1@7", "", true)]
    [InlineData("10.0.0.1:1@7", null, false)]
    public void A_newer_call_is_made_where_every_active_silo_says_that_it_knows_it(string manifests, string? active, bool expected) =>
        Assert.Equal(expected, KnownCalls.IsKnownToAll(
            CreateManifests(manifests), active?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseAddress).ToArray(),
            Interface, Call));

    private static ClusterManifest CreateManifests(string silos) => new(
        MajorMinorVersion.Zero,
        silos.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableDictionary(
            silo => ParseAddress(silo.TrimEnd('!')), silo => CreateManifest(!silo.EndsWith('!'))));

    private static GrainManifest CreateManifest(bool isNew) => new(
        ImmutableDictionary<GrainType, GrainProperties>.Empty,
        ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty.Add(Interface, new(
            ImmutableDictionary.Create<string, string>(StringComparer.Ordinal)
                .Add(KnownCalls.Property, isNew ? $"older,{Call}" : "older"))));

    private static SiloAddress ParseAddress(string text)
    {
        var parts = text.Split('@');
        return SiloAddress.New(IPEndPoint.Parse(parts[0]), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
