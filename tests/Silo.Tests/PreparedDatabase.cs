using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.Storage.Postgres;
using OpenClaw.TestKit.Postgres;

namespace OpenClaw.Silo.Tests;

/// <summary>A new database with the whole schema, copied from one that was migrated once.</summary>
internal static class PreparedDatabase
{
    private const string Template = "prepared";

    private static readonly Lazy<Task<PostgresServer>> Server = new(Migrate);

    public static async Task<string> Create() => await (await Server.Value).CreateDatabase(Template);

    private static async Task<PostgresServer> Migrate()
    {
        var server = await PostgresServer.ForAll;
        await server.Execute($"CREATE DATABASE {Template}");
        var connection = server.Connection(Template) + ";Pooling=false";
        await PostgresSchema.EnsureUpToDate(connection, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        return server;
    }
}
