using Npgsql;
using OpenClaw.Storage.Postgres.Servers;

namespace OpenClaw.Storage.Postgres;

/// <summary>The way to the database, as it was found at the start.</summary>
/// <param name="Given">The connection string that a person wrote.</param>
/// <param name="ConnectionString">The one to use: without hosts that are old primaries, and fit for a pooler if there is one.</param>
public sealed record DatabaseRoute(string Given, string ConnectionString)
{
    /// <summary>Hosts in use.</summary>
    internal IReadOnlyCollection<string> Hosts => DatabaseHosts.ParseNames(new NpgsqlConnectionStringBuilder(ConnectionString));
}
