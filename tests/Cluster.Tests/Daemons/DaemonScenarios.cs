using OpenClaw.Cluster.Tests.Scenarios;
using OpenClaw.Cluster.Tests.Servers;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>What is done to real daemons, their lines and their PCs, and silos that are paused as containers are.</summary>
internal static class DaemonScenarios
{
    private const int Slow = 300_000;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(100);
    private static readonly IReadOnlyList<DaemonPlan> WithClocks = [.. DaemonPlan.Four.Select(plan => plan with { HasOwnClock = true })];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("daemons", "daemons are killed, stopped, frozen and cut off, for less and for more than a lease", async run =>
        {
            for (var round = 0; round < 2; round++)
            {
                await Task.WhenAll(run.KillDaemon(0, 3), run.TermDaemon(1), run.FreezeDaemon(2, 20), run.CutDaemon(3, 20));
                await Task.WhenAll(run.FreezeDaemon(0, 70), run.CutDaemon(1, 70), run.KillDaemon(2, 50));
            }
        }) { MayAdd = Calm },
        new("daemon-lines", "what stands between daemons and gateways lies, delays, has little bandwidth, and moves them", async run =>
        {
            await run.LieToDaemons(0.1, async () =>
            {
                for (var moves = 0; moves < 4; moves++)
                {
                    await run.Pause(8);
                    await run.MoveDaemons();
                }
            });
            await run.SlowDaemons(Late, Slow, () => Task.WhenAll(run.Pause(30), run.KillDaemon(0, 1), run.CutDaemon(1, 5)));
        }) { MayAdd = Calm },
        new("daemon-kinds", "file tasks side by side, approvals, agents, while their daemons are killed, frozen and lied to", async run =>
        {
            for (var round = 0; round < 3; round++)
            {
                await Task.WhenAll(run.KillDaemon(0, 1), run.KillKinds());
                await run.LieToDaemons(0.1, () => run.Pause(10));
                await Task.WhenAll(run.FreezeDaemon(1, 15), run.KillSilo());
                await run.Pause(5);
            }
        }) { AllKinds = true, MayAdd = TimeSpan.FromSeconds(10) },
        new("daemon-pcs", "PCs are named anew, cloned, their clocks set by hours and days, put to sleep", async run =>
        {
            await Task.WhenAll(
                run.RenameDaemon(0), run.CloneDaemon(1), run.StepClock(2, TimeSpan.FromHours(2)), run.StepClock(3, TimeSpan.FromDays(-3)));
            await run.Pause(5);
            await Task.WhenAll(
                run.SleepPc(1, 20, TimeSpan.FromHours(8)), run.CloneDaemon(0),
                run.StepClock(2, TimeSpan.FromHours(-1)), run.KillDaemon(3, 1));
            await run.Pause(5);
            await Task.WhenAll(run.SleepPc(2, 70, TimeSpan.FromDays(2)), run.StepClock(0, TimeSpan.FromDays(400)), run.RenameDaemon(1));
        }) { Daemons = WithClocks, MayAdd = Calm },
        new("silo-paused", "one silo of three, each process 1 of its pid namespace, is paused for 20 s, then another for 90 s", async run =>
        {
            await run.FreezeSilo(20);
            await run.Pause(6);
            await Task.WhenAll(run.FreezeSilo(90), run.KillDaemon(0, 2));
        }) { Servers = new ServersPlan(Silos: 3) { Contained = true }, MayAdd = Hung },
    ];
}
