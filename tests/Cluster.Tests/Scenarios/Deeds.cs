using OpenClaw.Cluster.Tests.Load;
using OpenClaw.Cluster.Tests.Servers;

namespace OpenClaw.Cluster.Tests.Scenarios;

/// <summary>What is done to servers. Each is on record with its time and what it hit.</summary>
internal static class Deeds
{
    /// <summary>kill -9 of a silo; another comes up after a while, as a supervisor would have it.</summary>
    public static async Task KillSilo(this ScenarioRun run)
    {
        var (silo, tasks) = await run.AnySilo();
        await run.Fault($"SIGKILL of {silo.Name}", async () =>
        {
            run.Servers.Gone(silo);
            await silo.Process.Kill();
        }, _ => tasks);
        await run.Pause(6);
        await run.Servers.AddSilo(silo.ClusterId);
    }

    /// <summary>A silo hangs. When it may go on, the others have given it up, and it must end by itself.</summary>
    public static async Task FreezeSilo(this ScenarioRun run, int seconds)
    {
        var (silo, tasks) = await run.AnySilo();
        await run.Fault($"SIGSTOP of {silo.Name} for {seconds} s", async () =>
        {
            run.Servers.Gone(silo);
            await silo.Process.Send("STOP");
            await run.Pause(seconds);
            await silo.Process.Send("CONT");
        }, _ => tasks);
        var exitCode = await silo.Process.Exit();
        run.Say($"{silo.Name} went by itself with {exitCode}");
        await run.Servers.AddSilo(silo.ClusterId);
    }

    /// <summary>A silo is stopped in good order. It must end well and soon.</summary>
    public static async Task TermSilo(this ScenarioRun run)
    {
        var (silo, tasks) = await run.AnySilo();
        await run.Fault($"SIGTERM of {silo.Name}", async () =>
        {
            run.Servers.Gone(silo);
            var (exitCode, took) = await silo.Process.Signal("TERM");
            run.Say($"{silo.Name} ended with {exitCode} after {took.TotalSeconds:0.0} s");
            if (exitCode != 0) run.AddViolation($"{silo.Name} ended with {exitCode} on SIGTERM");
        }, _ => tasks);
        await run.Pause(2);
        await run.Servers.AddSilo(silo.ClusterId);
    }

    /// <summary>All silos die at once; as many come up on other ports.</summary>
    public static async Task KillAllSilos(this ScenarioRun run)
    {
        var silos = run.Servers.Silos.ToList();
        var tasks = 0;
        foreach (var silo in silos) tasks += await silo.CountTasks();
        await run.Fault("SIGKILL of all silos", async () =>
        {
            foreach (var silo in silos) run.Servers.Gone(silo);
            foreach (var silo in silos) await silo.Process.Kill();
            foreach (var silo in silos) await run.Servers.AddSilo(silo.ClusterId);
        }, _ => tasks);
    }

    /// <summary>kill -9 of a gateway with polls open on it.</summary>
    public static async Task KillGateway(this ScenarioRun run, int openPolls)
    {
        var gateway = run.Servers.GatewayMembers[run.Random.Next(run.Servers.GatewayMembers.Count)];
        var address = gateway.Address!;
        for (var tries = 0; run.History.OpenPolls(address.Name) < openPolls && tries < 100; tries++) await run.Pause(0.1);
        var open = 0;
        await run.Fault($"SIGKILL of {gateway.Name}", async () =>
        {
            run.Servers.Gone(gateway);
            open = run.History.OpenPolls(address.Name);
            run.Servers.Gateways.Doom(address);
            await gateway.Process.Kill();
        }, _ => open >= openPolls ? open : 0);
        run.Say($"{open} polls were open on {gateway.Name}; another comes up in its place");
        await run.Servers.AddGateway(gateway.ClusterId, address.Url.Port);
    }

    /// <summary>The database crashes and comes back.</summary>
    public static Task CrashPostgres(this ScenarioRun run) => run.Fault("PostgreSQL restart -m immediate", async () =>
    {
        await run.Servers.Postgres.Stop("immediate");
        await run.Servers.Postgres.Start();
    }, run.CallsThatWaited);

    /// <summary>The database is away for a while.</summary>
    public static Task StopPostgres(this ScenarioRun run, int seconds) => run.Fault($"PostgreSQL stopped for {seconds} s", async () =>
    {
        await run.Servers.Postgres.Stop();
        await run.Pause(seconds);
        await run.Servers.Postgres.Start();
    }, run.CallsThatWaited);

    /// <summary>Every connection to the database is cut.</summary>
    public static async Task CutConnections(this ScenarioRun run)
    {
        var cut = 0;
        await run.Fault(
            "connections to PostgreSQL cut",
            async () => cut = await new ClusterDatabase(run.Servers.Connection).CutConnections(),
            _ => cut);
    }

    /// <summary>
    /// The store of the faulty silos fails by itself for a while; each kind of error it was told to make must have happened.
    /// </summary>
    public static async Task StoreFails(this ScenarioRun run, double seconds)
    {
        var before = run.Servers.StoreFaultLines().Count;
        await run.Fault("errors of the store", () => run.Pause(seconds), _ =>
        {
            var made = run.Servers.StoreFaultLines().Skip(before).CountBy(line => line.Split(' ')[0]).ToDictionary();
            return run.Servers.StoreFaultKinds.Min(kind => made.GetValueOrDefault(kind));
        });
        foreach (var kind in run.Servers.StoreFaultLines().CountBy(l => l.Split(' ')[0])) run.Say($"store errors {kind.Key}: {kind.Value}");
    }

    /// <summary>Two clusters serve the same tasks; proved by tasks whose calls went well on gateways of both.</summary>
    public static Task Fight(this ScenarioRun run, double seconds)
    {
        var begin = History.Now;
        var clusterOf = run.Servers.GatewayMembers.ToDictionary(g => g.Name, g => g.ClusterId);
        return run.Fault("two clusters on one database", () => run.Pause(seconds), _ => run.History.Calls
            .Where(c => c.Begin >= begin && c is { ByWorker: false, Outcome: CallOutcome.Ok, What: not "submit" }).GroupBy(c => c.About)
            .Count(calls => calls.Select(c => clusterOf[c.Gateway]).Distinct().Count() > 1));
    }
}
