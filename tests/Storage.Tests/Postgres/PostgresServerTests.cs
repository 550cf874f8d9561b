using Npgsql;
using OpenClaw.TestKit.Postgres;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>The server that the other tests stand on.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task What_was_committed_is_there_after_a_crash_and_sessions_can_be_ended()
    {
        await using var server = await PostgresServer.Start();
        await using var source = NpgsqlDataSource.Create(await server.CreateDatabase());
        await using (var make =
            source.CreateCommand("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")) await make.ExecuteNonQueryAsync();

        await server.Stop("immediate");
        await server.Start();
        await server.EndSessions();
        source.Clear();

        await using var read = source.CreateCommand("SELECT id FROM kept");
        Assert.Equal(7, await read.ExecuteScalarAsync());
    }
}
