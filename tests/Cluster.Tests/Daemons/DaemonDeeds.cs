using OpenClaw.Cluster.Tests.Scenarios;
using OpenClaw.Cluster.Tests.Servers;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Cluster.Tests.Daemons;

/// <summary>What is done to daemons and to their lines. A daemon that runs nothing is waited for: there would be nothing to hit.</summary>
internal static partial class DaemonDeeds
{
    /// <summary>On a machine that is busy with other things servers may stand for minutes.</summary>
    private const int DeedTimeout = 300;

    /// <summary>kill -9 of a daemon, whose programs run on; it is back after a while.</summary>
    public static Task KillDaemon(this ScenarioRun run, int number, double seconds) => run.Hit(number, "SIGKILL", async daemon =>
        run.Daemons.Note(await daemon.KillAndReturn(TimeSpan.FromSeconds(seconds))));

    /// <summary>kill -9 of the daemons of file tasks, approvals and agents, each once it has something in hand.</summary>
    public static async Task KillKinds(this ScenarioRun run)
    {
        var database = new ClusterDatabase(run.Servers.Connection);
        for (var number = DaemonPlan.Four.Count; number < run.Daemons.All.Count; number++)
        {
            var daemon = run.Daemons[number];
            var holds = 0;
            await Eventually.Is(
                async () => (holds = await database.CountHeld(daemon.Name)) > 0, $"{daemon.Name} has something in hand", DeedTimeout);
            await run.Fault(
                $"SIGKILL of {daemon.Name}",
                async () => run.Daemons.Note(await daemon.KillAndReturn(TimeSpan.FromSeconds(1))),
                _ => holds, daemon.Name);
        }
    }

    /// <summary>A daemon is stopped as a service manager does it, and started again.</summary>
    public static Task TermDaemon(this ScenarioRun run, int number) => run.Hit(number, "SIGTERM", async daemon =>
        run.Daemons.Note(await daemon.StopAndReturn()));

    /// <summary>A daemon stands still, its programs run on.</summary>
    public static Task FreezeDaemon(this ScenarioRun run, int number, double seconds) => run.Hit(
        number, $"SIGSTOP for {seconds} s", async daemon =>
        {
            await daemon.Send("STOP");
            await run.Pause(seconds);
            await daemon.Send("CONT");
        });

    /// <summary>A daemon's line is cut, and nothing gets through for a while.</summary>
    public static async Task CutDaemon(this ScenarioRun run, int number, double seconds)
    {
        var (daemon, cut) = (run.Daemons[number], 0);
        await run.UntilItRuns(daemon);
        await run.Fault($"the line of {daemon.Name} is cut for {seconds} s", async () =>
        {
            cut = daemon.Uplink.Line.Cut();
            await run.Pause(seconds);
            daemon.Uplink.Line.Mend();
        }, _ => cut, daemon.Name);
    }

    /// <summary>Every daemon's connections end, and it goes on with whichever gateway the next ones lead to.</summary>
    public static Task MoveDaemons(this ScenarioRun run)
    {
        var moved = 0;
        return run.Fault("daemons are moved to other gateways", () =>
        {
            foreach (var line in run.Daemons.All.Select(daemon => daemon.Uplink.Line))
            {
                moved += line.Cut();
                line.Mend();
            }
            return Task.CompletedTask;
        }, _ => moved);
    }

    /// <summary>While it lasts, a share of the calls of all daemons is answered by something that is no gateway.</summary>
    public static async Task LieToDaemons(this ScenarioRun run, double share, Func<Task> meanwhile)
    {
        var before = run.Daemons.All.Select(daemon => daemon.Uplink.Lies).ToList();
        foreach (var daemon in run.Daemons.All) daemon.Uplink.Lie(share);
        await run.Fault($"{share:P0} of the daemons' calls are answered falsely", async () =>
        {
            await meanwhile();
            await Eventually.Is(() => LeastLies() > 0, "every daemon was lied to", DeedTimeout);
            foreach (var daemon in run.Daemons.All) daemon.Uplink.Lie(0);
        }, _ => LeastLies());

        int LeastLies() => run.Daemons.All.Zip(before).Min(both => both.First.Uplink.Lies - both.Second);
    }

    /// <summary>While it lasts, the lines of all daemons are slow.</summary>
    public static async Task SlowDaemons(this ScenarioRun run, TimeSpan delay, int bytesPerSecond, Func<Task> meanwhile)
    {
        var before = run.Daemons.All.Select(daemon => daemon.Uplink.Line.HeldUp).ToList();
        await run.Fault($"the daemons' lines have {bytesPerSecond / 1000} kB/s and {delay.TotalMilliseconds} ms", async () =>
        {
            SetAll(delay, bytesPerSecond);
            await meanwhile();
            await Eventually.Is(() => LeastHeldUp() > 0, "every line was slow for somebody", DeedTimeout);
            SetAll(TimeSpan.Zero, 0);
        }, _ => LeastHeldUp());

        void SetAll(TimeSpan late, int bandwidth)
        {
            foreach (var line in run.Daemons.All.Select(daemon => daemon.Uplink.Line))
                (line.Delay, line.BytesPerSecond) = (late, bandwidth);
        }

        int LeastHeldUp() => run.Daemons.All.Zip(before).Min(both => both.First.Uplink.Line.HeldUp - both.Second);
    }

    /// <summary>Does something to a daemon that runs something; that is what it hits.</summary>
    private static async Task Hit(this ScenarioRun run, int number, string what, Func<DaemonProcess, Task> deed)
    {
        var daemon = run.Daemons[number];
        var name = daemon.Name;
        var running = await run.UntilItRuns(daemon);
        await run.Fault($"{what} of {name}", () => deed(daemon), _ => running, name);
    }

    private static async Task<int> UntilItRuns(this ScenarioRun run, DaemonProcess daemon)
    {
        var running = 0;
        var database = new ClusterDatabase(run.Servers.Connection);
        await Eventually.Is(
            async () => (running = await database.CountRunning(daemon.Name)) > 0, $"{daemon.Name} runs something", DeedTimeout);
        return running;
    }
}
