using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenClaw.Grains;
using OpenClaw.Hosting.Health;
using OpenClaw.Silo.Health;
using OpenClaw.Silo.Membership;
using OpenClaw.Storage;
using OpenClaw.Storage.Postgres;
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
        builder.Services.AddSingleton<IReadinessCheck, StoreTakesWrites>();
        builder.Services.AddOpenClawGrains();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePorts.ChoosePort(IPAddress.Loopback), gatewayPort: 0);
            silo.AddGrainSettings();
            // A cancelled poll answers what it took, so that the gateway, which is in this process, can give it back. Not in a cluster,
            // where gateways have the same setting of their own: a silo that asks another whether a third one lives gives up by
            // cancelling, and would wait for a hung one to acknowledge that. Of three silos none would ever be declared dead.
            silo.Configure<SiloMessagingOptions>(messaging => messaging.WaitForCancellationAcknowledgement = true);
        });
        builder.Services.Replace(ServiceDescriptor.Singleton<ILocalSiloDetails, SiloIdentity>());
        return builder;
    }

    /// <summary>
    /// A silo of a cluster on PostgreSQL, whose schema has been prepared. Other silos and gateways find it by the membership table.
    /// When the others have declared it dead, the process ends at once.
    /// </summary>
    /// <exception cref="OptionsValidationException">With everything that is wrong in the options.</exception>
    public static IHostApplicationBuilder AddClusterSilo(
        this IHostApplicationBuilder builder, SiloOptions options, Action<StorageOptions>? storage = null)
    {
        var check = new SiloOptionsValidator().Validate(null, options);
        if (check.Failed) throw new OptionsValidationException(nameof(SiloOptions), typeof(SiloOptions), check.Failures);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddPostgresStorage(options.ConnectionString, storage);
        builder.Services.AddOpenClawGrains();
        builder.Services.TryAddSingleton<IFatalErrorHandler, DeclaredDeadHandler>();
        builder.UseOrleans(silo =>
        {
            silo.AddCluster(options);
            silo.AddGrainSettings();
        });
        builder.Services.Replace(ServiceDescriptor.Singleton<ILocalSiloDetails, SiloIdentity>());
        return builder;
    }
}
