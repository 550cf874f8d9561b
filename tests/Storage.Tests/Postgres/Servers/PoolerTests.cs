using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Postgres.Servers;
using OpenClaw.Storage.Postgres.Tasks;
using OpenClaw.Storage.Tasks;
using OpenClaw.TestKit.Postgres;

namespace OpenClaw.Storage.Tests.Postgres.Servers;

/// <summary>The real PgBouncer, with the settings of its manual.</summary>
public sealed class PoolerTests
{
    [Fact]
    public async Task Several_processes_behind_one_pool_in_transaction_mode_each_get_their_own_answers()
    {
        var server = await PostgresServer.ForAll;
        await using var pooler = await PgBouncer.Start(server);
        var connection = pooler.Connection(await server.CreateDatabase());
        var processes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Process.Begin(connection)));

        await Task.WhenAll(processes.Select(process => process.Work(150)));

        Assert.All(processes, process => Assert.True(process.Server.IsPooled));
        Assert.All(processes, process => Assert.False(process.Server.Identity.IsUnknown));
        Assert.Equal("off", (await processes[0].Database.RunTransaction(
            async (open, _) => (await TestDatabase.Names(open, "SHOW enable_seqscan"))[0], default)));
        foreach (var process in processes) await process.DisposeAsync();
    }

    [Theory]
    [InlineData("statement", "", "Set pool_mode to transaction or session.")]
    [InlineData("transaction", ";Search Path=public", "unsupported startup parameter: search_path")]
    public async Task What_can_not_work_is_one_sentence_at_the_start(string mode, string more, string sentence)
    {
        var server = await PostgresServer.ForAll;
        await using var pooler = await PgBouncer.Start(server, mode);

        var connection = pooler.Connection(await server.CreateDatabase()) + more;
        var refused = await Assert.ThrowsAsync<StoreStartException>(() => Prepare(connection));

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    private static Task<DatabaseRoute> Prepare(string connection) =>
        PostgresSchema.EnsureUpToDate(connection, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    private sealed class Process(PostgresDatabase database, PostgresStore store, KnownServer server) : IAsyncDisposable
    {
        public PostgresDatabase Database => database;
        public KnownServer Server => server;

        public static async Task<Process> Begin(string connection)
        {
            var server = new KnownServer();
            var database = new PostgresDatabase((await Prepare(connection)).ConnectionString, server);
            return new(database, new PostgresStore(database, TimeProvider.System, NullLogger<PostgresStore>.Instance), server);
        }

        public Task Work(int tasks) => Task.WhenAll(Enumerable.Range(0, tasks).Select(async _ =>
        {
            var rows = new TaskRows(database, store);
            var record = Sample.Queued();
            Assert.True(await rows.Insert(record));
            Assert.Equal(1, (await rows.Find(record.Id))!.Version);
            Assert.Equal(RowWrite.Written, await rows.Update(record.Started(), 1));
            Assert.Equal(TaskState.Running, (await rows.Find(record.Id))!.State);
            Assert.Equal(RowWrite.Outdated, await rows.Update(record.Started(), 1));
        }));

        public async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
