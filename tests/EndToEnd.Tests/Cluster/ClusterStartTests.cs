using System.Net;
using System.Net.Sockets;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Cluster;

/// <summary>How silos and gateways come up, in any order, and what they refuse.</summary>
public sealed class ClusterStartTests : IDisposable
{
    private const string NoServer = "Host=127.0.0.1;Port=1;Username=nobody;Password=pst-secret;Database=openclaw";
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Gateways_that_are_first_wait_for_a_silo_and_one_of_them_shows_the_tokens_that_all_accept()
    {
        var database = await (await PostgresServer.ForAll).CreateDatabase();
        await using var one = GatewayProcess.Launch(database);
        await using var other = GatewayProcess.Launch(database);
        await Eventually.Is(() => one.Process.Errors.Length > 0 && other.Process.Errors.Length > 0, "both say that they wait");
        await using var silo = await SiloProcess.Start(database);
        await Task.WhenAll(one.Ready(), other.Ready());

        var first = Assert.Single([one, other], gateway => gateway.PrintedTokens);
        foreach (var gateway in new[] { one, other })
        {
            using var client = gateway.As(first.TokenOf("client"));
            Assert.Empty((await client.Get("/tasks")).Ok()["tasks"]!.AsArray());
            Assert.Single(gateway.Process.Lines, line => line.StartsWith("Ready", StringComparison.Ordinal));
            Assert.Contains("waiting", Assert.Single(gateway.Process.ErrorLines), StringComparison.Ordinal);
        }
        Assert.Single(silo.Process.Lines);
        Assert.Equal("", silo.Process.Errors);
        await using var later = await GatewayProcess.Start(database);
        Assert.False(later.PrintedTokens);
    }

    [Fact]
    public async Task A_silo_that_is_first_waits_for_the_database()
    {
        await using var server = await PostgresServer.Start();
        var database = await server.CreateDatabase();
        await server.Stop();
        await using var silo = SiloProcess.Launch(database);
        await Eventually.Is(() => silo.Process.Errors.Length > 0, "it says that it waits");
        Assert.False(silo.Process.HasExited);
        await server.Start();
        await silo.Ready();
    }

    [Fact]
    public async Task Tokens_of_the_environment_and_of_a_file_are_accepted_and_never_shown()
    {
        var database = await (await PostgresServer.ForAll).CreateDatabase();
        await using var silo = await SiloProcess.Start(database);
        await using var withFile = await GatewayProcess.Start(database, ("OPENCLAW_DATA", folder.File("data")));
        var made = File.ReadLines(Path.Combine(folder.File("data"), "tokens")).ToDictionary(l => l.Split('=')[0], l => l.Split('=')[1]);
        Assert.Equal(withFile.TokenOf("admin"), made["admin"]);

        await using var again = await GatewayProcess.Start(
            database, ("OPENCLAW_CLIENT_TOKEN", made["client"]), ("OPENCLAW_ADMIN_TOKEN", made["admin"]));
        Assert.False(again.PrintedTokens);
        using var client = again.As(made["client"]);
        Assert.True((await client.Get("/tasks")).IsSuccess);
        Assert.All(made.Values,
            token => Assert.DoesNotContain(token, again.Process.Output + again.Process.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_names_everything_that_is_wrong_at_once()
    {
        await using var silo = SiloProcess.Launch(
            "nonsense", ("OPENCLAW_SILO_PORT", "many"), ("OPENCLAW_HTTP_PORT", "70000"), ("OPENCLAW_LISTEN", "0.0.0.0"),
            ("OPENCLAW_ADVERTISED_ADDRESS", "0.0.0.0"), ("OPENCLAW_CLUSTER_ID", "a b"), ("OPENCLAW_CLUSTER_KEY", "/nowhere"));
        Assert.Equal(2, await silo.Process.Exit());
        Names(silo.Process, "ConnectionStrings__openclaw", "OPENCLAW_SILO_PORT", "OPENCLAW_HTTP_PORT", "OPENCLAW_INSECURE_HTTP",
            "OPENCLAW_ADVERTISED_ADDRESS", "OPENCLAW_CLUSTER_ID", "OPENCLAW_CLUSTER_CERT");
    }

    [Fact]
    public async Task A_gateway_names_everything_that_is_wrong_at_once_and_shows_no_secret()
    {
        await using var gateway = GatewayProcess.Launch(
            NoServer.Replace("Host=127.0.0.1;", ""),
            ("WORKER_PORT", "-1"), ("WORKER_TOKEN", "short"), ("OPENCLAW_ADMIN_TOKEN", "ocl_adm_secret"),
            ("OPENCLAW_LISTEN", "here"), ("OPENCLAW_VERBOSE", "perhaps"), ("OPENCLAW_STOP_NOTICE", "long"));
        Assert.Equal(2, await gateway.Process.Exit());
        Names(gateway.Process, "ConnectionStrings__openclaw", "WORKER_PORT", "WORKER_TOKEN", "OPENCLAW_ADMIN_TOKEN", "OPENCLAW_LISTEN",
            "OPENCLAW_VERBOSE", "OPENCLAW_STOP_NOTICE");
        Assert.DoesNotContain("secret", gateway.Process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_one_sentence()
    {
        var server = await PostgresServer.ForAll;
        await using var silo = SiloProcess.Launch(server.Connection("nobodys"));
        Assert.Equal(3, await silo.Process.Exit());
        Assert.Contains("CREATE DATABASE", Assert.Single(silo.Process.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_port_is_one_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = $"{((IPEndPoint)taken.LocalEndpoint).Port}";
        await using var gateway = GatewayProcess.Launch(NoServer, ("WORKER_PORT", port));
        await using var silo = SiloProcess.Launch(NoServer, ("OPENCLAW_HTTP_PORT", port));
        Assert.Equal(4, await gateway.Process.Exit());
        Assert.Equal(4, await silo.Process.Exit());
        Assert.Contains("WORKER_PORT", Assert.Single(gateway.Process.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("OPENCLAW_HTTP_PORT", Assert.Single(silo.Process.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_waits_ends_at_a_signal()
    {
        await using var silo = SiloProcess.Launch(NoServer);
        await Eventually.Is(() => silo.Process.Errors.Length > 0, "it says that it waits");
        var (exitCode, _) = await silo.Process.Signal("TERM");
        Assert.Equal(0, exitCode);
        Assert.Equal("", silo.Process.Output);
        Assert.DoesNotContain("pst-secret", silo.Process.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A line for each name, and no other line.</summary>
    private static void Names(ServerProcess process, params string[] names)
    {
        Assert.All(names, name => Assert.Single(process.ErrorLines, line => line.Contains(name, StringComparison.Ordinal)));
        Assert.Equal(names.Length, process.ErrorLines.Count());
        Assert.Equal("", process.Output);
    }
}
