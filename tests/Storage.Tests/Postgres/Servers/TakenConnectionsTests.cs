using Npgsql;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.TestKit.Postgres;

namespace OpenClaw.Storage.Tests.Postgres.Servers;

/// <summary>Others hold every connection that the server has.</summary>
public sealed class TakenConnectionsTests
{
    [Fact]
    public async Task Writes_go_on_over_the_connections_that_are_there_and_a_failure_says_what_is_missing()
    {
        await using var server =
            await PostgresServer.Start("-c max_connections=14 -c superuser_reserved_connections=0 -c max_wal_senders=0");
        await using var store = await PostgresFixture.On(await server.CreateDatabase());
        await store.Tasks.Write(Sample.Queued());
        var others = new List<NpgsqlConnection>();
        try
        {
            while (await Take(store.Connection) is { } taken) others.Add(taken);

            for (var i = 0; i < 20; i++) await store.Tasks.Write(Sample.Queued());
            store.Database.Source.Clear();
            while (await Take(store.Connection) is { } taken) others.Add(taken);
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Query("SELECT 'x'"));
            Assert.StartsWith("PostgreSQL has no free connection", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var other in others) await other.DisposeAsync();
        }
        await TestKit.Processes.Eventually.Is(async () => await Answers(store), "an answer once they are free");
    }

    private static async Task<bool> Answers(PostgresFixture store)
    {
        try
        {
            return (await store.Query("SELECT 'x'")).Count == 1;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static async Task<NpgsqlConnection?> Take(string connection)
    {
        var open = new NpgsqlConnection(connection + ";Pooling=false");
        try
        {
            await open.OpenAsync();
            return open;
        }
        catch (PostgresException)
        {
            await open.DisposeAsync();
            return null;
        }
    }
}
