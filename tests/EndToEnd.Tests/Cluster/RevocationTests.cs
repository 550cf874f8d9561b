using System.Net;
using Npgsql;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Cluster;

/// <summary>No route takes a token back yet; docs/deployment.md says how the database does.</summary>
public sealed class RevocationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_token_that_is_ended_as_the_page_says_is_refused_also_by_a_gateway_that_still_has_it_in_its_settings()
    {
        var database = await (await PostgresServer.ForAll).CreateDatabase();
        await using var silo = await SiloProcess.Start(database);
        await using var gateway = await GatewayProcess.Start(database, ("OPENCLAW_DATA", folder.File("data")));
        var token = gateway.TokenOf("client");
        using var client = gateway.As(token);
        using var admin = gateway.As(gateway.TokenOf("admin"));
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/tasks")).Status);

        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var page = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "deployment.md"));
        var statement = Assert.Single(page, line => line.StartsWith("UPDATE orleans_values ", StringComparison.Ordinal));
        // psql puts its variable in as a quoted text.
        await using var update = new NpgsqlCommand(statement.Replace(":'id'", "$1", StringComparison.Ordinal), connection);
        update.Parameters.AddWithValue(token.Split('_')[2]);
        Assert.Equal(1, await update.ExecuteNonQueryAsync());

        await Eventually.Is(async () => (await client.Get("/tasks")).Status == HttpStatusCode.Unauthorized, "it is refused");
        Assert.Equal(HttpStatusCode.OK, (await admin.Get("/tasks")).Status);
        await using var later = await GatewayProcess.Start(database, ("OPENCLAW_DATA", folder.File("data")));
        using var again = later.As(token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await again.Get("/tasks")).Status);
    }
}
