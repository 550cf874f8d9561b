using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OpenClaw.Silo.Tests;

public sealed class SiloOptionsTests
{
    private static readonly SiloOptions Good = new()
    {
        ConnectionString = "Host=db;Database=openclaw", AdvertisedAddress = IPAddress.Loopback,
    };

    [Fact]
    public void The_defaults_with_a_database_and_an_address_are_good() => Assert.Empty(FindErrors(Good));

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var errors = FindErrors(new SiloOptions
        {
            ConnectionString = "Database=openclaw", AdvertisedAddress = IPAddress.Any, ClusterId = "", ServiceId = new string('x', 101),
            SiloPort = -1, GatewayPort = 65536,
        });

        Assert.Equal(6, errors.Length);
    }

    [Fact]
    public void The_two_ports_differ_unless_both_are_free_ones()
    {
        Assert.Single(FindErrors(Good with { SiloPort = 5, GatewayPort = 5 }));
        Assert.Empty(FindErrors(Good with { SiloPort = 0, GatewayPort = 0 }));
    }

    [Fact]
    public void A_connection_string_is_never_repeated()
    {
        var error = Assert.Single(FindErrors(Good with { ConnectionString = "Host=db;Pasword=hunter2" }));

        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_is_not_built_on_bad_options()
    {
        var error = Assert.Throws<OptionsValidationException>(
            () => Host.CreateEmptyApplicationBuilder(null).AddClusterSilo(Good with { SiloPort = -1, ClusterId = "a b" }));

        Assert.Equal(2, error.Failures.Count());
    }

    private static string[] FindErrors(SiloOptions options) => [.. new SiloOptionsValidator().Validate(null, options).Failures ?? []];
}
