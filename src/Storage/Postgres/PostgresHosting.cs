using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Webhooks;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Postgres.Audit;
using OpenClaw.Storage.Postgres.Output;
using OpenClaw.Storage.Postgres.Retention;
using OpenClaw.Storage.Postgres.Security;
using OpenClaw.Storage.Postgres.Servers;
using OpenClaw.Storage.Postgres.Tasks;
using OpenClaw.Storage.Postgres.Webhooks;
using OpenClaw.Storage.Retention;
using OpenClaw.Storage.Tasks;

namespace OpenClaw.Storage.Postgres;

/// <summary>Puts the store on PostgreSQL into a host. <see cref="PostgresSchema"/> has prepared the database before it starts.</summary>
public static class PostgresHosting
{
    /// <summary>
    /// What a silo needs: the grain storage <see cref="StorageHosting.Tasks"/>, the ports of grains and gateway, and retention. Values
    /// and reminders are Orleans' own providers.
    /// </summary>
    public static IServiceCollection AddPostgresStorage(
        this IServiceCollection services, string connectionString, Action<StorageOptions>? configure = null)
    {
        services.AddPostgresPorts(connectionString, configure);
        services.AddTaskStorage();
        services.AddSingleton<ITaskIndex, TaskIndex>();
        services.AddSingleton<IRunningLimits, RunningLimits>();
        services.AddSingleton<IKeptOutput, KeptOutput>();
        services.AddSingleton<IAgentSessionRetention, AgentSessionRetention>();
        return services;
    }

    /// <summary>What a gateway needs: the list, the output, the audit trail and the webhooks of tasks.</summary>
    public static IServiceCollection AddPostgresPorts(
        this IServiceCollection services, string connectionString, Action<StorageOptions>? configure = null)
    {
        services.AddStorageOptions(configure);
        services.AddSingleton(provider => new KnownServer(provider.GetService<ILogger<KnownServer>>()));
        services.AddSingleton(provider => new PostgresDatabase(connectionString, provider.GetRequiredService<KnownServer>()));
        services.AddSingleton<PostgresStore>();
        services.AddSingleton<IStoreState>(provider => provider.GetRequiredService<PostgresStore>());
        services.AddSingleton<ITaskRows, TaskRows>();
        services.AddSingleton<ITaskList, TaskList>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<IAuditTrail>(provider => provider.GetRequiredService<AuditTrail>());
        services.AddSingleton<IAuditChains, AuditChains>();
        services.AddSingleton<IAuditNotes>(provider => provider.GetRequiredService<AuditTrail>());
        services.AddSingleton<IOutputLog, OutputLog>();
        services.AddSingleton<IWebhookOutbox, WebhookOutbox>();
        services.AddSingleton<IWebhookSecrets, WebhookSecrets>();
        services.AddSingleton<ITokenIds, TokenIds>();
        return services;
    }

    /// <summary>Looks whether the database is still the one of the start; beside the store, for a process that serves.</summary>
    public static IServiceCollection AddServerWatch(this IServiceCollection services, DatabaseRoute route)
    {
        services.AddSingleton(route);
        services.AddSingleton<ServerWatch>();
        services.AddSingleton<IServerWatch>(provider => provider.GetRequiredService<ServerWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<ServerWatch>());
        return services;
    }
}
