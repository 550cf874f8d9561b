using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpenClaw.Storage.Postgres;

namespace OpenClaw.Bench.Micro;

/// <summary>What the server itself counts: commits, and bytes of its log.</summary>
internal sealed class ServerCounters(string connection) : IAsyncDisposable
{
    private const string Counters =
        """
        SELECT xact_commit, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
        FROM pg_stat_database WHERE datname = current_database()
        """;

    /// <summary>A session tells the server its counts at most every second, and the last ones when it is idle for a while.</summary>
    private static readonly TimeSpan UntilCounted = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(connection);
    private (long Commits, long Bytes) before;

    public Task Prepare() => PostgresSchema.EnsureUpToDate(connection, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    public async Task Begin()
    {
        await Task.Delay(UntilCounted, TimeProvider.System);
        before = await Read();
    }

    public async Task Report(int tasks)
    {
        await Task.Delay(UntilCounted, TimeProvider.System);
        var (commits, bytes) = await Read();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"server   {tasks,9:N0} tasks: {commits - before.Commits:N0} commits, {(bytes - before.Bytes) / tasks:N0} B of log each"));
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<(long Commits, long Bytes)> Read()
    {
        await using var command = source.CreateCommand(Counters);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
