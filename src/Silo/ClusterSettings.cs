using System.Net;
using Microsoft.Extensions.Options;
using OpenClaw.Cluster;
using Orleans.Configuration;

namespace OpenClaw.Silo;

/// <summary>What a silo among others has beside <see cref="OrleansSettings"/>: membership, reminders, values, endpoints, TLS.</summary>
internal static class ClusterSettings
{
    public static void Check(SiloOptions options)
    {
        var result = new SiloOptionsValidator().Validate(null, options);
        if (result.Failed) throw new OptionsValidationException(nameof(SiloOptions), typeof(SiloOptions), result.Failures);
    }

    public static void AddMembership(this ISiloBuilder silo, SiloOptions options, Func<int> freePort)
    {
        var connection = MembershipDatabase.Connection(options.ConnectionString);
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        silo.UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = (MembershipDatabase.Invariant, connection));
        silo.UseAdoNetReminderService(table => (table.Invariant, table.ConnectionString) = (MembershipDatabase.Invariant, connection));
        silo.AddAdoNetGrainStorageAsDefault(values =>
        {
            (values.Invariant, values.ConnectionString) = (MembershipDatabase.Invariant, connection);
            values.DeleteStateOnClear = true;
        });
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = options.AdvertisedAddress;
            endpoints.SiloPort = options.SiloPort == 0 ? freePort() : options.SiloPort;
            endpoints.GatewayPort = options.GatewayPort == 0 ? freePort() : options.GatewayPort;
            endpoints.SiloListeningEndpoint = new IPEndPoint(options.AdvertisedAddress, endpoints.SiloPort);
            endpoints.GatewayListeningEndpoint = new IPEndPoint(options.AdvertisedAddress, endpoints.GatewayPort);
        });
    }
}
