using System.Globalization;
using OpenClaw.Worker.Processes.Supervision.Watchdogs;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

/// <summary>
/// A supervisor was killed: its watchdog ends the task's programs while the daemon already runs the owner's hook after the task.
/// </summary>
public sealed class HookMarkerTests : IDisposable
{
    private readonly ProcessHarness harness = new();
    private readonly ProcessHarness hooks = new();

    public void Dispose()
    {
        harness.Dispose();
        hooks.Dispose();
    }

    [Fact]
    public async Task The_watchdog_ends_the_programs_of_an_attempt_and_leaves_the_owners_hook_alone()
    {
        var program = harness.Run(harness.Shell("echo $$ > program; exec sleep 600"));
        var hook = RunHook("echo $$ > hook; exec sleep 600");
        await harness.LineOf("program");
        await harness.LineOf("hook");
        Assert.Equal(0, await EndTaskVerb.Run([Marker.Task, Marker.Attempt, "0", "", ""]));
        Assert.Equal("SIGTERM", (await program).Signal);
        Assert.False(hook.IsCompleted, "the hook runs on");
        hooks.Stop.Request(StopReason.Cancel);
        Assert.NotNull((await hook).Tree);
    }

    [Fact]
    public async Task The_next_daemon_finds_and_ends_it()
    {
        var hook = RunHook("echo $$ > hook; exec sleep 600");
        await harness.LineOf("hook");
        var attempt = int.Parse(Marker.Attempt, CultureInfo.InvariantCulture);
        Assert.Equal(new TreeEnd(0, 0), await OrphanProcesses.EndAll(Marker.Task, attempt, 0, 0, TimeSpan.Zero, TimeProvider.System));
        Assert.Equal(new TreeEnd(1, 0), await OrphanProcesses.EndHooks(Marker.Task, attempt, TimeSpan.Zero, TimeProvider.System));
        Assert.Equal("SIGTERM", (await hook).Signal);
    }

    private ProcessMarker Marker => ProcessMarker.FromEnvironment(harness.Environment)!.Value;

    private Task<ProcessEnd> RunHook(string text)
    {
        var spec = harness.Shell(text);
        return hooks.Run(spec with { Environment = new Dictionary<string, string>(spec.Environment) { ["OPENCLAW_HOOK"] = "1" } });
    }
}
