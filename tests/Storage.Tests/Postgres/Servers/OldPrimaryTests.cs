using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Postgres.Servers;
using OpenClaw.Storage.Postgres.Tasks;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Storage.Tests.Postgres.Servers;

/// <summary>A primary dies, its standby takes over, and the old one comes back without anybody having made a standby of it.</summary>
public sealed class OldPrimaryTests
{
    [Fact]
    public async Task Nothing_is_written_to_an_old_primary_and_its_process_ends_to_begin_without_it()
    {
        await using var first = await PostgresServer.Start();
        var connection = await first.CreateDatabase();
        await Prepare(connection);
        await using var second = await first.StartStandby();
        var hosts = connection.Replace(
            $"Host=127.0.0.1;Port={first.Port}", $"Host=127.0.0.1:{first.Port},127.0.0.1:{second.Port}", StringComparison.Ordinal);
        var route = await Prepare(hosts);
        var server = new KnownServer();
        await using var database = new PostgresDatabase(route.ConnectionString, server);
        await using var store = new PostgresStore(database, TimeProvider.System, NullLogger<PostgresStore>.Instance);
        var rows = new TaskRows(database, store);
        Assert.True(await rows.Insert(Sample.Queued()));
        using var lifetime = new StopRequest();
        using var watch = new ServerWatch(route, database, server, lifetime, NullLogger<ServerWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);

        // The standby follows without anybody waiting for it, and the stop is a crash.
        await Eventually.Is(() => HasRow(second.Connection(Name(connection))), "the standby has the row", seconds: 120);
        await first.Stop("immediate");
        await second.Promote();
        await Eventually.Is(() => Inserts(rows), "a write to the promoted standby", seconds: 120);
        Assert.Null(watch.StopReason);
        await first.Start();
        await Eventually.Is(() => watch.StopReason is not null, "the process is told to end", seconds: 120);

        Assert.True(lifetime.ApplicationStopping.IsCancellationRequested);
        Assert.Contains($"127.0.0.1:{first.Port} is refused: it is an old primary", watch.StopReason, StringComparison.Ordinal);
        // New connections, of which the driver would open the first to the old primary.
        for (var i = 0; i < 5; i++)
        {
            database.Source.Clear();
            database.Writers.Clear();
            await Eventually.Is(() => Inserts(rows), "a write beside the old primary", seconds: 120);
        }
        Assert.Equal(1, await Count(first.Connection(Name(connection))));
        Assert.True(await Count(second.Connection(Name(connection))) >= 7);
        Assert.DoesNotContain(first.Port.ToString(null as IFormatProvider), (await Prepare(hosts)).ConnectionString,
            StringComparison.Ordinal);
        await watch.StopAsync(CancellationToken.None);
    }

    private static string Name(string connection) => new Npgsql.NpgsqlConnectionStringBuilder(connection).Database!;

    private static Task<DatabaseRoute> Prepare(string connection) =>
        PostgresSchema.EnsureUpToDate(connection, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    private static async Task<bool> Inserts(TaskRows rows)
    {
        try
        {
            return await rows.Insert(Sample.Queued());
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<bool> HasRow(string standby)
    {
        try
        {
            return await Count(standby) == 1;
        }
        catch (Npgsql.PostgresException)
        {
            // The table has not come over yet.
            return false;
        }
    }

    private static async Task<int> Count(string connection)
    {
        await using var open = await TestDatabase.Open(connection);
        return int.Parse((await TestDatabase.Names(open, "SELECT count(*)::text FROM tasks"))[0], null);
    }

    private sealed class StopRequest : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource stopping = new();

        public CancellationToken ApplicationStarted => default;
        public CancellationToken ApplicationStopping => stopping.Token;
        public CancellationToken ApplicationStopped => default;
        public void StopApplication() => stopping.Cancel();
        public void Dispose() => stopping.Dispose();
    }
}
