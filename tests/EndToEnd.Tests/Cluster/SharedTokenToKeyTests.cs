using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.EndToEnd.Tests.Cluster;

/// <summary>
/// The way from WORKER_TOKEN to keys, step by step as docs/worker/joining.md has it, on a cluster that has work all the time.
/// </summary>
public sealed class SharedTokenToKeyTests : IAsyncLifetime, IDisposable
{
    private const string SharedToken = "a-token-of-the-original-0123456789";
    private readonly TemporaryFolder folder = new();
    private readonly int[] ports = [FreePort.Find(), FreePort.Find()];
    private readonly GatewayProcess[] gateways = new GatewayProcess[2];
    private readonly List<IAsyncDisposable> silos = [];
    private string database = null!;
    private string adminToken = null!, clientToken = null!;

    public async Task InitializeAsync()
    {
        database = await (await PostgresServer.ForAll).CreateDatabase();
        silos.AddRange(await Task.WhenAll(SiloProcess.Start(database), SiloProcess.Start(database)));
        gateways[0] = await StartGateway(0, ("WORKER_TOKEN", SharedToken));
        (adminToken, clientToken) = (gateways[0].TokenOf("admin"), gateways[0].TokenOf("client"));
        gateways[1] = await StartGateway(1, ("WORKER_TOKEN", SharedToken));
    }

    public async Task DisposeAsync()
    {
        foreach (var gateway in gateways) await gateway.DisposeAsync();
        foreach (var silo in silos) await silo.DisposeAsync();
    }

    [Fact]
    public async Task Each_task_runs_once_while_PC_and_clients_leave_the_shared_token_and_the_servers_forget_it()
    {
        var before = StartDaemon(("WORKER_URL", gateways[0].Url.ToString()), ("WORKER_TOKEN", SharedToken), ("WORKER_NAME", "pc"));
        await using var work = new SteadyWork(folder.File("runs"), "pc", SharedToken, gateways[0].Url, gateways[1].Url);
        var longest = await SubmitLong(SharedToken);
        await Eventually.Is(() => before.Output.Contains($"attempt {longest}.1 (command) started", StringComparison.Ordinal), "it runs");
        await work.WaitForMore(3);

        // 1 and 2: the PC is invited and joins while its daemon works with the token.
        await JoinPc(name: "pc");
        await work.WaitForMore(3);
        // 3: the daemon is started anew, as the service is; its programs go on.
        await before.Kill();
        await before.DisposeAsync();
        await using var daemon = StartDaemon();
        await Eventually.Is(() => daemon.Output.Contains("connected as pc to", StringComparison.Ordinal), "it is connected by its key");
        await work.WaitForMore(3);
        // 4: nobody is left who needs the token.
        work.UseToken(clientToken);
        using (var admin = new Api(gateways[0].Url, adminToken))
        {
            var workers = (await admin.Get("/workers")).Ok()["workers"]!.AsArray();
            Assert.All(workers, worker => Assert.NotNull(worker!["identity"]));
        }
        // 5: it is taken out of the servers, one after the other.
        var reached = new List<int>();
        for (var number = 0; number < gateways.Length; number++) reached.Add(await RestartWithoutToken(number, work));

        await File.WriteAllTextAsync(folder.File("go"), "");
        using var client = new Api(gateways[1].Url, clientToken);
        var end = await client.End(longest);
        Assert.Equal(("succeeded", "whole\n"), (end["state"]!.GetValue<string>(), end["stdout"]!.GetValue<string>()));
        Assert.Equal([], await work.Finish());
        Assert.Equal(0, work.Refused);
        Assert.All(reached, tasks => Assert.InRange(tasks, 3, int.MaxValue));
        Assert.Equal(0, (await daemon.Signal("TERM")).ExitCode);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>One task runs over all that is done.</summary>
    private async Task<string> SubmitLong(string token)
    {
        using var client = new Api(gateways[1].Url, token);
        return await client.Submit(new()
        {
            ["command"] = $"while [ ! -e '{folder.File("go")}' ]; do sleep 0.1; done; echo whole", ["worker"] = "pc", ["timeout"] = 600_000,
        });
    }

    private async Task JoinPc(string name)
    {
        using var admin = new Api(gateways[1].Url, adminToken);
        var token = (await admin.Post("/admin/invites", new JsonObject { ["worker"] = name })).Ok()["joinToken"]!.GetValue<string>();
        await using var join = ServerProcess.Launch(
            Repository.Program("Worker", "openclaw-worker"),
            ["join", gateways[0].Url.ToString(), "--yes", "--no-start", "--home", folder.File("home"), "--name", name],
            ("OPENCLAW_JOIN_TOKEN", token));
        Assert.True(await join.Exit() == 0, join.Output + "\n" + join.Errors);
    }

    /// <summary>How many tasks were accepted meanwhile and after it.</summary>
    private async Task<int> RestartWithoutToken(int number, SteadyWork work)
    {
        var before = work.Accepted;
        Assert.Equal(0, (await gateways[number].Process.Signal("TERM")).ExitCode);
        await gateways[number].DisposeAsync();
        gateways[number] = await StartGateway(number);
        await work.WaitForMore(3);
        using var forgotten = new Api(gateways[number].Url, SharedToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await forgotten.Get("/tasks")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await forgotten.Get("/worker/poll?wait=0")).Status);
        return work.Accepted - before;
    }

    private Task<GatewayProcess> StartGateway(int number, params (string Name, string Value)[] settings) => GatewayProcess.Start(
        database, [("WORKER_PORT", ports[number].ToString(CultureInfo.InvariantCulture)), .. settings]);

    private ServerProcess StartDaemon(params (string Name, string Value)[] environment) =>
        ServerProcess.Launch(Repository.Program("Worker", "openclaw-worker"), ["run", "--home", folder.File("home")], environment);
}
