using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenClaw.Grains;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Silo;

/// <summary>Composes a silo. No logic of tasks is here.</summary>
public static class SiloHosting
{
    /// <summary>
    /// A silo alone in this process, on the embedded store. Nothing of it can be reached from outside the machine, and only this
    /// process talks to it.
    /// </summary>
    public static IHostApplicationBuilder AddStandaloneSilo(this IHostApplicationBuilder builder, string databasePath)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSqliteStorage(databasePath);
        builder.Services.AddOpenClawGrains();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), gatewayPort: 0);
            silo.AddGrainSettings();
        });
        return builder;
    }

    /// <summary>
    /// A silo of a cluster on PostgreSQL, whose schema is there already. Other silos and gateways reach it, and each other, through
    /// the membership table.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">With everything that is wrong in the options.</exception>
    public static IHostApplicationBuilder AddClusterSilo(this IHostApplicationBuilder builder, SiloOptions options)
    {
        ClusterSettings.Check(options);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOpenClawGrains();
        builder.UseOrleans(silo =>
        {
            silo.AddMembership(options, FreePort);
            silo.AddGrainSettings();
        });
        return builder;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
