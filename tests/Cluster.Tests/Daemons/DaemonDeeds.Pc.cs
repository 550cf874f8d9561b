using OpenClaw.Cluster.Tests.Scenarios;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Daemons;

// What happens to a whole PC: it is named anew, its disk is copied, its clock is set, it sleeps.
internal static partial class DaemonDeeds
{
    private const int HomeOfAnother = 2;
    /// <summary>A line of the log may be as old as that; each step is larger.</summary>
    private static readonly TimeSpan StepsDiffer = TimeSpan.FromMinutes(20);

    /// <summary>The PC crashes with programs that outlive it, and comes back under another name.</summary>
    public static Task RenameDaemon(this ScenarioRun run, int number) => run.Hit(number, "SIGKILL and a new name", async daemon =>
        run.Daemons.Note(await daemon.KillAndRename(daemon.Name + "-renamed")));

    /// <summary>A daemon is started on a copy of a home whose own daemon runs: it must say so, end, and touch nothing.</summary>
    public static async Task CloneDaemon(this ScenarioRun run, int number)
    {
        var (daemon, refused) = (run.Daemons[number], 0);
        await run.Fault($"a copy of the home of {daemon.Name}", async () =>
        {
            var (exitCode, said) = await daemon.RunCopy();
            if (exitCode == HomeOfAnother) refused++;
            else run.AddViolation($"a daemon on a copy of {daemon.Name}'s home ended with {exitCode}: {said}");
        }, _ => refused, daemon.Name);
    }

    /// <summary>
    /// The clock of a PC is set while something runs, so that it is off by so much; proved by the daemon's log, which goes by it.
    /// </summary>
    public static Task StepClock(this ScenarioRun run, int number, TimeSpan by) => run.Hit(
        number, $"the clock is set by {by.TotalHours} h", async daemon =>
        {
            daemon.Clock.Step(by);
            await Eventually.Is(
                () => (daemon.LastLogged - TimeProvider.System.GetUtcNow() - by).Duration() < StepsDiffer,
                $"{daemon.Name} goes by its new clock",
                DeedTimeout);
        });

    /// <summary>A PC sleeps with all that runs on it, and wakes when its clock is later by more than it slept.</summary>
    public static async Task SleepPc(this ScenarioRun run, int number, double seconds, TimeSpan by)
    {
        var (daemon, slept) = (run.Daemons[number], 0);
        await run.UntilItRuns(daemon);
        await run.Fault($"{daemon.Name} sleeps for {seconds} s", async () =>
        {
            await Eventually.Is(async () =>
            {
                // What ran when it was looked at may have ended since: a daemon alone is no PC at work.
                if ((slept = await daemon.SendToAll("STOP")) > 1) return true;
                await daemon.SendToAll("CONT");
                return false;
            }, $"{daemon.Name} runs a program", DeedTimeout);
            daemon.Uplink.Line.Cut();
            await run.Pause(seconds);
            daemon.Clock.Step(by);
            daemon.Uplink.Line.Mend();
            await daemon.SendToAll("CONT");
        }, _ => slept - 1, daemon.Name);
    }
}
