using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpenClaw.Storage.Postgres;
using OpenClaw.TestKit.Postgres;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>Databases with our schema, each copied from one that was migrated once.</summary>
internal static class TestDatabase
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplate);

    /// <summary>A new one; its connection string.</summary>
    public static async Task<string> Create() => await (await PostgresServer.ForAll).CreateDatabase(await Template.Value);

    /// <summary>A new one with the rows that are committed in another at this moment.</summary>
    public static async Task<string> Copy(string connection)
    {
        var copy = await Create();
        await using var from = await Open(connection);
        await using var to = await Open(copy);
        await using var moment = await from.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        foreach (var table in await Names(from, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        {
            await Execute(to, $"DELETE FROM {table}");
            await using var source = await from.BeginRawBinaryCopyAsync($"COPY {table} TO STDOUT (FORMAT binary)");
            await using var target = await to.BeginRawBinaryCopyAsync($"COPY {table} FROM STDIN (FORMAT binary)");
            await source.CopyToAsync(target);
        }
        foreach (var sequence in await Names(from, "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"))
        {
            // A sequence is ahead of what is committed, as it would be after a crash.
            var next = (await Names(from, $"SELECT (last_value + 1000)::text FROM {sequence}"))[0];
            await Execute(to, $"SELECT setval('{sequence}', {next})");
        }
        return copy;
    }

    /// <summary>Deletes it, whoever is connected.</summary>
    public static async Task Drop(string connection) => await (await PostgresServer.ForAll)
        .Execute($"DROP DATABASE {new NpgsqlConnectionStringBuilder(connection).Database} WITH (FORCE)");

    public static async Task<NpgsqlConnection> Open(string connection)
    {
        var open = new NpgsqlConnection(connection + ";Pooling=false");
        await open.OpenAsync();
        return open;
    }

    public static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<List<string>> Names(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await rows.ReadAsync()) names.Add(rows.GetString(0));
        return names;
    }

    private static async Task<string> MakeTemplate()
    {
        var connection = await (await PostgresServer.ForAll).CreateDatabase();
        await PostgresSchema.EnsureUpToDate(connection, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        return new NpgsqlConnectionStringBuilder(connection).Database!;
    }
}
