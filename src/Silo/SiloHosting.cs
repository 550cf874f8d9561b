using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenClaw.Grains;
using OpenClaw.Storage.Sqlite;
using Orleans.Configuration;

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
            silo.AddReminders();
            silo.AddStartupTask<DeadlineShardStart>(ServiceLifecycleStage.Active);
            silo.Configure<SiloMessagingOptions>(options =>
            {
                options.ResponseTimeout = TimeSpan.FromSeconds(10);
                // A call that meets an ended task's activation just going is sent on to the next one.
                options.MaxForwardCount = 8;
                // A cancelled poll answers what it took, so that the gateway can give it back.
                options.WaitForCancellationAcknowledgement = true;
            });
            // Its slots are allocated at once: a million of them, the default, are 18 MB.
            silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = 10_000);
            silo.Configure<GrainCollectionOptions>(options =>
            {
                // A queued task's grain is of no use until a worker comes: the row has everything.
                options.CollectionQuantum = TimeSpan.FromSeconds(5);
                options.CollectionAge = TimeSpan.FromSeconds(15);
                options.DeactivationTimeout = TimeSpan.FromSeconds(5);
            });
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
