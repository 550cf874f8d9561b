using OpenClaw.Cluster.Tests.Scenarios;
using OpenClaw.Cluster.Tests.Servers;
using OpenClaw.TestKit.Checking;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Clocks;

/// <summary>
/// The clocks of servers are set while tasks are under way: nothing ends early, twice or not at all, and no call is refused.
/// </summary>
internal static class ClockScenarios
{
    private const int FollowTimeout = 300;
    private const int WorkTimeout = 120;

    /// <summary>Each step is larger.</summary>
    private static readonly TimeSpan StepsDiffer = TimeSpan.FromMinutes(20);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("server-clocks", "the clocks of silos and gateways are set by hours and days, back and forth, and a silo is killed meanwhile",
            async run =>
        {
            await run.StepClocks(TimeSpan.FromHours(2), TimeSpan.FromHours(-3));
            await run.Pause(8);
            await run.StepClocks(TimeSpan.FromDays(-2), TimeSpan.FromDays(40));
            await run.Pause(8);
            await run.KillSilo();
            await run.Pause(8);
            await run.StepClocks(TimeSpan.Zero, TimeSpan.Zero);
            await run.Pause(8);
        }) { Servers = new ServersPlan { HaveOwnClocks = true }, MayAdd = TimeSpan.FromSeconds(10) },
    ];

    /// <summary>Sets the clocks so that one silo and one gateway are off by the first, the others by the second.</summary>
    private static async Task StepClocks(this ScenarioRun run, TimeSpan first, TimeSpan others)
    {
        for (var number = 0; number < run.Servers.Silos.Count; number++)
        {
            var silo = run.Servers.Silos[number];
            var hit = 0;
            // Placement prefers the silo with fewer grains: one that was there before the other has no task for minutes, but workers.
            await Eventually.Is(
                async () => (hit = await silo.CountTasksAndWorkers()) > 0, $"{silo.Name} has a task or a worker", WorkTimeout);
            await run.StepClock(silo, number == 0 ? first : others, _ => hit);
        }
        for (var number = 0; number < run.Servers.GatewayMembers.Count; number++)
        {
            var gateway = run.Servers.GatewayMembers[number];
            await run.StepClock(
                gateway, number == 0 ? first : others,
                fault =>
                    run.History.Calls.Count(call => call.Gateway == gateway.Name && call.Begin <= fault.End && call.End >= fault.Begin));
        }
    }

    private static Task StepClock(this ScenarioRun run, Member member, TimeSpan by, Func<Fault, int> hits) => run.Fault(
        $"the clock of {member.Name} is set by {by.TotalHours} h", async () =>
        {
            member.Clock!.Step(by);
            await Eventually.Is(
                async () => (await member.ReadClock() - TimeProvider.System.GetUtcNow() - by).Duration() < StepsDiffer,
                $"{member.Name} goes by its new clock", FollowTimeout);
        }, hits);
}
