using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Cluster;

/// <summary>Two silos and two gateways are one server, for new clients and for old ones.</summary>
public sealed class ClusterWorkTests : IAsyncLifetime, IDisposable
{
    private const string SharedToken = "a-token-of-the-original-0123456789";
    private readonly TemporaryFolder folder = new();
    private readonly List<IAsyncDisposable> processes = [];
    private GatewayProcess one = null!;
    private GatewayProcess other = null!;

    public async Task InitializeAsync()
    {
        var database = await (await PostgresServer.ForAll).CreateDatabase();
        var silos = await Task.WhenAll(SiloProcess.Start(database), SiloProcess.Start(database));
        processes.AddRange(silos);
        this.one = await GatewayProcess.Start(database, ("WORKER_TOKEN", SharedToken));
        this.other = await GatewayProcess.Start(database, ("WORKER_TOKEN", SharedToken));
        processes.AddRange([this.one, this.other]);
    }

    public async Task DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes)) await process.DisposeAsync();
    }

    [Fact]
    public async Task What_one_gateway_took_a_worker_of_the_other_runs_and_both_read()
    {
        using var client = this.one.As(this.one.TokenOf("client"));
        using var elsewhere = this.other.As(this.one.TokenOf("client"));
        await using var worker = StartWorker(this.other.Url, this.one.TokenOf("worker"));
        var id = await client.Submit(new JsonObject { ["command"] = "echo out; echo err >&2; exit 7" });
        var end = await elsewhere.End(id);
        Assert.Equal("out\n", end["stdout"]!.GetValue<string>());
        Assert.Equal("err\n", end["stderr"]!.GetValue<string>());
        Assert.Equal(7, end["exitCode"]!.GetValue<int>());
        Assert.Equal(end.ToJsonString(), (await client.End(id)).ToJsonString());
        var listed = (await elsewhere.Get("/tasks")).Ok()["tasks"]!.AsArray();
        Assert.Contains(listed, task => task!["taskId"]!.GetValue<string>() == id);
    }

    [Fact]
    public async Task A_token_s_running_tasks_are_counted_over_all_silos_and_gateways()
    {
        using var admin = this.one.As(this.one.TokenOf("admin"));
        var made = (await admin.Post("/admin/tokens", new JsonObject { ["role"] = "client", ["maxRunning"] = 2 })).Ok();
        var secret = made["secret"]!.GetValue<string>();
        using var client = this.one.As(secret);
        using var elsewhere = this.other.As(secret);
        var ids = new List<string>();
        for (var i = 0; i < 8; i++) ids.Add(await (i % 2 == 0 ? client : elsewhere).Submit(new JsonObject { ["command"] = "sleep 0.3" }));
        await using var worker = StartWorker(this.other.Url, this.one.TokenOf("worker"));

        var moments = new List<(long At, int Change)>();
        foreach (var id in ids)
        {
            var end = await client.End(id);
            Assert.Equal("succeeded", end["state"]!.GetValue<string>());
            moments.Add((end["startedAt"]!.GetValue<long>(), 1));
            moments.Add((end["completedAt"]!.GetValue<long>(), -1));
        }

        var (running, most) = (0, 0);
        foreach (var (_, change) in moments.Order()) most = Math.Max(most, running += change);
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task The_same_key_through_both_gateways_is_one_task()
    {
        using var client = this.one.As(this.one.TokenOf("client"));
        using var elsewhere = this.other.As(this.one.TokenOf("client"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? client : elsewhere).Post("/tasks", new JsonObject { ["command"] = "true" }, key: "once")));
        Assert.Single(answers.Select(answer => answer.Ok()["taskId"]!.GetValue<string>()).Distinct());
    }

    [Fact]
    public async Task Compatible_workers_and_old_clients_see_the_server_they_know()
    {
        using var one = this.one.As(SharedToken);
        using var other = this.other.As(SharedToken);
        Assert.Equal("ok", (await one.Get("/health")).Ok()["status"]!.GetValue<string>());
        await using var worker = new CompatibleWorker(() => one);
        await using var second = new CompatibleWorker(() => other);
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var body = new JsonObject { ["command"] = $"echo {i}", ["timeout"] = 30000 };
            ids.Add((await (i % 2 == 0 ? one : other).Post("/tasks", body)).Ok()["taskId"]!.GetValue<string>());
        }
        for (var i = 0; i < 20; i++)
        {
            var result = (await (i % 2 == 0 ? other : one).Get($"/tasks/{ids[i]}?wait=30000")).Ok();
            Assert.Equal($"{i}\n", result["stdout"]!.GetValue<string>());
            Assert.Equal(0, result["exitCode"]!.GetValue<int>());
        }
        Assert.DoesNotContain(SharedToken, this.one.Process.Output + this.one.Process.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private ServerProcess StartWorker(Uri server, string token) => ServerProcess.Launch(
        Repository.Program("Worker", "openclaw-worker"), [],
        ("WORKER_URL", server.ToString()), ("WORKER_TOKEN", token), ("WORKER_NAME", "here"),
        ("OPENCLAW_WORKER_HOME", folder.File("home")));
}
