using System.Net;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenClaw.Cluster;
using OpenClaw.GrainInterfaces.Upgrades;
using OpenClaw.Silo.Membership;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;

namespace OpenClaw.Silo;

/// <summary>
/// What a silo among others has beside <see cref="OrleansSettings"/>: endpoints, membership, values and reminders in the database.
/// </summary>
internal static class ClusterSettings
{
    private const int ValueConnections = 8;

    public static void AddCluster(this ISiloBuilder silo, SiloOptions options)
    {
        var membership = MembershipDatabase.GetConnectionString(options.ConnectionString);
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        silo.UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = (MembershipDatabase.Invariant, membership));
        silo.Services.AddOlderSilos().AddSingleton<IClusterMembers, ClusterMembers>();
        silo.Configure<ClusterMembershipOptions>(MembershipSettings.ApplyTimeouts);
        silo.Configure<EndpointOptions>(endpoints => ConfigureEndpoints(endpoints, options));
        AddStorage(silo, MembershipDatabase.GetPoolConnectionString(options.ConnectionString, "openclaw-values", ValueConnections));
        if (options.Tls is { } tls) silo.Configure<SiloConnectionOptions>(connections => ConfigureTls(connections, tls));
    }

    private static void AddStorage(ISiloBuilder silo, string connection)
    {
        silo.UseAdoNetReminderService(table => (table.Invariant, table.ConnectionString) = (MembershipDatabase.Invariant, connection));
        silo.AddAdoNetGrainStorageAsDefault(storage => storage.Configure<IOptions<SystemTextJsonGrainStorageSerializerOptions>>(
            (values, json) =>
            {
                (values.Invariant, values.ConnectionString) = (MembershipDatabase.Invariant, connection);
                values.DeleteStateOnClear = true;
                values.GrainStorageSerializer = new SystemTextJsonGrainStorageSerializer(json);
            }));
        // A null left out would come back as whatever the property begins with.
        silo.Configure<SystemTextJsonGrainStorageSerializerOptions>(
            json => json.JsonSerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.Never);
    }

    private static void ConfigureEndpoints(EndpointOptions endpoints, SiloOptions options)
    {
        endpoints.AdvertisedIPAddress = options.AdvertisedAddress;
        endpoints.SiloPort = options.SiloPort == 0 ? FreePorts.ChoosePort(options.AdvertisedAddress) : options.SiloPort;
        endpoints.GatewayPort = options.GatewayPort == 0 ? FreePorts.ChoosePort(options.AdvertisedAddress) : options.GatewayPort;
        endpoints.SiloListeningEndpoint = new IPEndPoint(options.AdvertisedAddress, endpoints.SiloPort);
        endpoints.GatewayListeningEndpoint = new IPEndPoint(options.AdvertisedAddress, endpoints.GatewayPort);
    }

    private static void ConfigureTls(SiloConnectionOptions connections, ClusterTls tls)
    {
        connections.ConfigureSiloInboundConnection(tls.SecureInbound);
        connections.ConfigureSiloOutboundConnection(tls.SecureOutbound);
        connections.ConfigureGatewayInboundConnection(tls.SecureInbound);
    }
}
