using System.Globalization;
using OpenClaw.Cluster.Tests.Clocks;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.TestKit.Clients;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Servers;

/// <summary>A PostgreSQL that flushes, silos and gateways, each a process of its own, as they are built for production.</summary>
internal sealed class ClusterServers : IAsyncDisposable
{
    private readonly string folder;
    private readonly ServersPlan plan;
    private readonly List<Member> gone = [];
    private int number;

    private ClusterServers(PostgresServer postgres, string connection, string folder, ServersPlan plan) =>
        (Postgres, Connection, this.folder, this.plan) = (postgres, connection, folder, plan);

    public PostgresServer Postgres { get; }
    public string Connection { get; }
    public string ClientToken { get; } = Tokens.New("cli");
    public string AdminToken { get; } = Tokens.New("adm");
    public string WorkerToken { get; } = Tokens.New("wrk");
    public List<Member> Silos { get; } = [];
    public List<Member> GatewayMembers { get; } = [];
    public Gateways Gateways { get; } = new();

    public static async Task<ClusterServers> Start(ServersPlan plan, string folder)
    {
        var postgres = await PostgresServer.Start();
        var servers = new ClusterServers(postgres, await postgres.CreateDatabase(), folder, plan);
        try
        {
            for (var n = 0; n < plan.Silos; n++) await servers.AddSilo(servers.ClusterOf(n, plan.Silos), plan.Older);
            for (var n = 0; n < plan.Gateways; n++) await servers.AddGateway(servers.ClusterOf(n, plan.Gateways), older: plan.Older);
            return servers;
        }
        catch (IOException)
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async Task<Member> AddSilo(string clusterId = "openclaw", bool older = false)
    {
        var name = Next("silo");
        var faulty = this.plan.Store.Any;
        var program = faulty ? Repository.Program("FaultySilo", "faulty-silo", "tests") : Program(older, "Silo", "openclaw-silo");
        List<(string, string)> settings = [("OPENCLAW_SILO_PORT", "0"), ("OPENCLAW_SILO_GATEWAY_PORT", "0"), ("OPENCLAW_HTTP_PORT", "0")];
        if (faulty)
        {
            settings.Add(("FAULTY_FILE", FaultFile(name)));
            var store = this.plan.Store;
            settings.Add(("FAULTY_SHARES", string.Create(CultureInfo.InvariantCulture, $"{store.Before};{store.After};{store.Conflict}")));
        }
        settings.AddRange(Settings(clusterId));
        var clock = ClockOf(name);
        settings.AddRange(clock?.Environment ?? []);
        var process = this.plan.Contained ? ServerProcess.LaunchFirst(program, [], settings) : ServerProcess.Launch(program, [], settings);
        var silo = new Member(name, clusterId, process) { IsOlder = older, Insight = await Address(process), Clock = clock };
        Silos.Add(silo);
        return silo;
    }

    public async Task<Member> AddGateway(string clusterId = "openclaw", int port = 0, bool older = false)
    {
        var name = Next("gateway");
        var clock = ClockOf(name);
        var process = ServerProcess.Launch(
            Program(older, "Gateway", "openclaw-gateway"), [],
            [
                .. Settings(clusterId), ("WORKER_PORT", port.ToString(CultureInfo.InvariantCulture)),
                ("OPENCLAW_CLIENT_TOKEN", ClientToken), ("OPENCLAW_WORKER_TOKEN", WorkerToken),
                ("OPENCLAW_ADMIN_TOKEN", AdminToken), .. clock?.Environment ?? [],
            ]);
        var url = await Address(process);
        var address = new GatewayAddress(name, url, ClientToken, WorkerToken);
        var gateway = new Member(name, clusterId, process) { IsOlder = older, Address = address, Clock = clock };
        GatewayMembers.Add(gateway);
        Gateways.Add(address);
        return gateway;
    }

    /// <summary>It has ended, or is about to: it counts no more, and what it said is kept.</summary>
    public void Gone(Member member)
    {
        Silos.Remove(member);
        GatewayMembers.Remove(member);
        gone.Add(member);
    }

    /// <summary>The kinds of errors that the silos' stores were told to make.</summary>
    public IReadOnlyList<string> StoreFaultKinds =>
    [
        .. new[] { ("before", this.plan.Store.Before), ("after", this.plan.Store.After), ("conflict", this.plan.Store.Conflict) }
            .Where(kind => kind.Item2 > 0).Select(kind => kind.Item1),
    ];

    /// <summary>Lines the faulty silos wrote, one an error they made: kind, task, time.</summary>
    public IReadOnlyList<string> StoreFaultLines() => [.. Directory.GetFiles(this.folder, "*.faults").SelectMany(File.ReadAllLines)];

    /// <summary>Writes what every process said into files beside the evidence.</summary>
    public void KeepLogs()
    {
        foreach (var member in Silos.Concat(GatewayMembers).Concat(gone))
            File.WriteAllText(Path.Combine(this.folder, member.Name + ".log"), member.Process.Output + "\n" + member.Process.Errors);
    }

    /// <summary>Ends the gateways and silos in good order; their exit codes that are not 0.</summary>
    public async Task<IReadOnlyList<string>> Stop()
    {
        var bad = new List<string>();
        foreach (var member in GatewayMembers.Concat(Silos).ToList())
        {
            var (exitCode, took) = await member.Process.Signal("TERM");
            if (exitCode != 0) bad.Add($"{member.Name} ended with {exitCode} after {took}");
            Gone(member);
        }
        return bad;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Silos.Concat(GatewayMembers).Concat(gone)) await member.Process.DisposeAsync();
        Gateways.Dispose();
        await Postgres.DisposeAsync();
    }

    /// <summary>Of a process that was just started; one that does not come up is ended.</summary>
    private static async Task<Uri> Address(ServerProcess process)
    {
        try
        {
            return new Uri((await process.Ready())["Ready: ".Length..].Split(',')[0]);
        }
        catch (IOException)
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static string Program(bool older, string project, string name) =>
        older ? OlderBuild.Program(project, name) : Repository.Program(project, name);

    private string ClusterOf(int number, int of) => this.plan.TwoClusters && number >= of / 2 ? "other" : "openclaw";

    private WallClock? ClockOf(string name) => this.plan.HaveOwnClocks ? new WallClock(Path.Combine(this.folder, name + ".clock")) : null;

    private string FaultFile(string name) => Path.Combine(this.folder, name + ".faults");

    private string Next(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{++this.number}");

    private IEnumerable<(string, string)> Settings(string clusterId) =>
        [("ConnectionStrings__openclaw", Connection), ("OPENCLAW_CLUSTER_ID", clusterId), ("DOTNET_gcServer", "0")];
}
