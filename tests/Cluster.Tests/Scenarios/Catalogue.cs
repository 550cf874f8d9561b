using OpenClaw.Cluster.Tests.Clocks;
using OpenClaw.Cluster.Tests.Daemons;
using OpenClaw.Cluster.Tests.Report;
using OpenClaw.Cluster.Tests.Servers;

namespace OpenClaw.Cluster.Tests.Scenarios;

/// <summary>Every scenario there is; docs/faults.md says what each has shown.</summary>
internal static class Catalogue
{
    private static readonly TimeSpan Killed = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(20);

    /// <summary>
    /// A gateway repeats a call that was not answered every 5 s, so what a hung silo costs comes in steps of that: three as a rule, four
    /// where others notice it late because the gate shares its cores.
    /// </summary>
    private static readonly TimeSpan HungOnABusyMachine = TimeSpan.FromSeconds(25);
    /// <summary>Delay of a mobile line.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(80);
    private const int SlowBytes = 400_000;
    private static readonly StoreFaults TwoPercent = new(0.01, 0.01, 0);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("silo-kill", "a silo is killed, three times", run => Times(3, run.KillSilo, run, 6)) { MayAdd = Killed },
        new("silo-hang-20", "a silo hangs for 20 s", run => run.FreezeSilo(20)) { MayAdd = Hung },
        new("silo-hang-90", "a silo hangs for 90 s", run => run.FreezeSilo(90)) { MayAdd = Hung },
        new("silo-term", "a silo is stopped in good order, three times", run => Times(3, run.TermSilo, run, 6)) { MayAdd = Killed },
        new("silos-all", "all silos are killed and come back on other ports", run => run.KillAllSilos())
            { Unavailable = Unavailable.AboutFaults },
        new("gateway-kill", "a gateway is killed with 20 polls open", run => run.KillGateway(20))
            { CompatibleWorkers = 60, MayAdd = Killed },
        new("postgres-crash", "PostgreSQL crashes, twice", run => Times(2, run.CrashPostgres, run, 10))
            { Unavailable = Unavailable.AboutFaults },
        new("postgres-stop", "PostgreSQL is away for 60 s", run => run.StopPostgres(60)) { Unavailable = Unavailable.AboutFaults },
        new("postgres-cut", "all connections are cut, five times", run => Times(5, run.CutConnections, run, 5))
            { Unavailable = Unavailable.AboutFaults },
        new("store-errors", "the store fails before and after the commit, 1 % each", run => run.StoreFails(45))
            { Servers = new ServersPlan { Store = TwoPercent }, Unavailable = Unavailable.Always },
        new("store-conflicts", "a second writer bumps the version, 2 %", run => run.StoreFails(45))
            { Servers = new ServersPlan { Store = new(0, 0, 0.02) }, Unavailable = Unavailable.Always },
        new("two-clusters", "silos of two clusters write the same tasks", run => run.Fight(45))
            { Servers = new ServersPlan { TwoClusters = true }, Unavailable = Unavailable.AboutFaults, StaleFor = 11_000 },
        new("worker-death", "workers die with what they hold, and a silo after them", run => run.KillSilo())
            { WorkersDie = true, MayAdd = Killed },
        .. DaemonScenarios.All,
        .. ClockScenarios.All,
        Smoke,
    ];

    /// <summary>What the gate runs: a bit of everything, about two minutes.</summary>
    public static Scenario Smoke =>
        new("smoke", "silos, daemons, lines and the database are killed, stopped, hung, cut, slow and false", async run =>
    {
        await Task.WhenAll(run.KillSilo(), run.KillDaemon(0, 2));
        await run.Pause(3);
        await Task.WhenAll(run.TermSilo(), run.TermDaemon(1));
        await run.Pause(3);
        await Task.WhenAll(run.FreezeSilo(20), run.FreezeDaemon(2, 20), run.CutDaemon(3, 20));
        await run.Pause(3);
        await run.CrashPostgres();
        await run.Pause(5);
        await run.LieToDaemons(
            0.2, () => run.SlowDaemons(Slow, SlowBytes, () => Task.WhenAll(run.MoveDaemons(), run.StoreFails(5))));
    })
        {
            Servers = new ServersPlan { Store = TwoPercent },
            Unavailable = Unavailable.Always,
            MayAdd = HungOnABusyMachine,
            Calm = TimeSpan.FromSeconds(5),
        };

    public static Scenario Find(string name) => All.Single(s => s.Name == name);

    private static async Task Times(int times, Func<Task> deed, ScenarioRun run, double pause)
    {
        for (var n = 0; n < times; n++)
        {
            await deed();
            await run.Pause(pause);
        }
    }
}
