using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenClaw.Cluster;
using OpenClaw.Cluster.Settings;
using OpenClaw.Gateway.Calls;
using OpenClaw.GrainInterfaces.Upgrades;
using OpenClaw.Hosting.Health;
using Orleans.Configuration;

namespace OpenClaw.Gateway.Hosting;

/// <summary>Makes a gateway of a process of its own a client of the cluster's silos.</summary>
internal static class ClusterHosting
{
    /// <summary>Nobody tells a client that its silo died: so long is waited before a call is made again.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(4.5);

    /// <summary>A silo that has gone is known within this time.</summary>
    private static readonly TimeSpan LookForSilos = TimeSpan.FromSeconds(5);

    /// <summary>An Orleans client that finds its silos in the database, and waits for the first one when there is none yet.</summary>
    public static IHostApplicationBuilder AddClusterClient(this IHostApplicationBuilder builder, MemberSettings member)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ClusterConnection>();
        builder.Services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<ClusterConnection>());
        builder.Services.AddCallRetries();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (member.ClusterId, member.ServiceId));
            client.UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) =
                (MembershipDatabase.Invariant, MembershipDatabase.GetConnectionString(member.ConnectionString)));
            client.Services.AddListedSilos();
            client.Configure<Orleans.Configuration.GatewayOptions>(silos => silos.GatewayListRefreshPeriod = LookForSilos);
            client.Configure<ClientMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = ResponseTimeout;
                // A cancelled poll answers what it took, so that it can be given back.
                messaging.WaitForCancellationAcknowledgement = true;
            });
            client.UseConnectionRetryFilter<SiloConnectionRetryFilter>();
            client.AddGatewayCountChangedHandler(static provider =>
                (_, change) => provider.GetRequiredService<ClusterConnection>().SetSiloCount(change.NumberOfConnectedGateways));
            if (member.Tls is { } tls)
                client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(tls.SecureOutbound));
        });
        return builder;
    }
}
