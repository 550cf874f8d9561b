using OpenClaw.Cluster.Tests.Daemons;
using OpenClaw.Cluster.Tests.Load;
using OpenClaw.Cluster.Tests.Servers;

namespace OpenClaw.Cluster.Tests.Scenarios;

/// <summary>An upgrade and a rollback of a running cluster, one process after the other, as <c>deploy/roll.sh</c> does it.</summary>
internal static class Rolling
{
    /// <summary>How long both builds serve side by side after each step.</summary>
    private const double Mixed = 8;

    private static readonly TimeSpan Stopped = TimeSpan.FromSeconds(10);

    /// <summary>They do the work of light workers, too.</summary>
    private static readonly IReadOnlyList<DaemonPlan> Four =
        [.. DaemonPlan.Four.Select(daemon => daemon with { Labels = $"{TaskMix.Daemon},{TaskMix.Light}" })];

    /// <summary>The scenarios, for which there must be an <see cref="OlderBuild"/>.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("upgrade", "from the older build to this one: silos, then gateways", async run =>
        {
            await run.RollSilos(toOlder: false);
            await run.RollGateways(toOlder: false);
        }) { Servers = new ServersPlan { Older = true }, MayAdd = Stopped, CompatibleWorkers = 12, LightWorkers = 0, Daemons = Four,
            IsLookedAt = true },
        new("upgrade-turned", "the same in the other order: gateways, then silos", async run =>
        {
            await run.RollGateways(toOlder: false);
            await run.RollSilos(toOlder: false);
        }) { Servers = new ServersPlan { Older = true }, MayAdd = Stopped, CompatibleWorkers = 12, LightWorkers = 0, Daemons = Four,
            IsLookedAt = true },
        new("rollback", "from this build to the older one: gateways, then silos", async run =>
        {
            await run.RollGateways(toOlder: true);
            await run.RollSilos(toOlder: true);
        }) { MayAdd = Stopped, CompatibleWorkers = 12, LightWorkers = 0, Daemons = Four, IsLookedAt = true },
        new("rollback-turned", "the same in the other order: silos, then gateways", async run =>
        {
            await run.RollSilos(toOlder: true);
            await run.RollGateways(toOlder: true);
        }) { MayAdd = Stopped, CompatibleWorkers = 12, LightWorkers = 0, Daemons = Four, IsLookedAt = true },
    ];

    /// <summary>Each silo is stopped in good order, and one of the other build comes in its place.</summary>
    private static async Task RollSilos(this ScenarioRun run, bool toOlder)
    {
        foreach (var silo in run.Servers.Silos.Where(silo => silo.IsOlder != toOlder).ToList())
        {
            var tasks = 0;
            // Of all silos: one goes with its part of the queue and of the directory, whether a task's grain is in it or not.
            for (var tries = 0; tasks == 0 && tries < 40; tries++, await run.Pause(0.5))
                foreach (var any in run.Servers.Silos.ToList()) tasks += await any.CountTasks();
            await run.Fault($"{silo.Name} goes, a silo of the {Build(toOlder)} build comes", async () =>
            {
                run.Servers.Gone(silo);
                await End(run, silo);
                var next = await run.Servers.AddSilo(silo.ClusterId, toOlder);
                run.Say($"{next.Name} is ready");
            }, _ => tasks);
            await run.Pause(Mixed);
        }
    }

    /// <summary>Each gateway is taken from the balancer and stopped, and one of the other build comes in its place.</summary>
    private static async Task RollGateways(this ScenarioRun run, bool toOlder)
    {
        foreach (var gateway in run.Servers.GatewayMembers.Where(gateway => gateway.IsOlder != toOlder).ToList())
        {
            for (var tries = 0; run.History.OpenPolls(gateway.Name) == 0 && tries < 200; tries++) await run.Pause(0.1);
            var open = run.History.OpenPolls(gateway.Name);
            await run.Fault($"{gateway.Name} goes, a gateway of the {Build(toOlder)} build comes", async () =>
            {
                run.Servers.Gone(gateway);
                run.Servers.Gateways.Doom(gateway.Address!);
                await End(run, gateway);
                var next = await run.Servers.AddGateway(gateway.ClusterId, gateway.Address!.Url.Port, toOlder);
                run.Say($"{next.Name} is ready");
            }, _ => open);
            await run.Pause(Mixed);
        }
    }

    private static async Task End(ScenarioRun run, Member member)
    {
        var (exitCode, took) = await member.Process.Signal("TERM");
        run.Say($"{member.Name} ended with {exitCode} after {took.TotalSeconds:0.0} s");
        if (exitCode != 0) run.AddViolation($"{member.Name} ended with {exitCode} on SIGTERM");
    }

    private static string Build(bool older) => older ? "older" : "newer";
}
