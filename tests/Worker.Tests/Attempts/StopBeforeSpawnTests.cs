using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Attempts;

/// <summary>Much may lie between the server's yes and the program: what is stopped meanwhile is not started any more.</summary>
public sealed class StopBeforeSpawnTests : IAsyncLifetime
{
    private WorkerHarness worker = null!;
    private FakeGateway Gateway => worker.Gateway;

    /// <summary>
    /// A hook that ends when it is asked to, once the task is stopped and not before, and is content with the task: only the stop speaks
    /// against it.
    /// </summary>
    private string Content => $"trap 'exit 0' TERM; touch {worker.PathOf("asked")}; while :; do sleep 0.05; done";

    public async Task InitializeAsync() => worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 100);

    public async Task DisposeAsync() => await worker.DisposeAsync();

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_is_cancelled_while_the_owners_hook_runs_is_not_started(bool supervised)
    {
        var hook = Script("hook", Content);
        var id = await Submit(supervised, new { hooks = new { before = new { argv = (string[])[hook] } } });
        await Until.True(() => File.Exists(worker.PathOf("asked")), "the hook runs");
        Gateway.Cancel(id);
        await NeverRan(id, "cancelled", "cancel");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_is_cancelled_while_its_sandbox_is_tried_is_not_started_and_the_trial_has_ended(bool supervised)
    {
        var sandbox =
            Script("bwrap", $"echo $$ > {worker.PathOf("trial")}; mv {worker.PathOf("trial")} {worker.PathOf("asked")}; exec sleep 60");
        var id = await Submit(supervised, new { sandbox = new { program = sandbox }, roots = new { read = (string[])["/"] } });
        await Until.True(() => File.Exists(worker.PathOf("asked")), "the sandbox is tried");
        Gateway.Cancel(id);
        await NeverRan(id, "cancelled", "cancel");
        Assert.False(Directory.Exists("/proc/" + (await File.ReadAllTextAsync(worker.PathOf("asked"))).Trim()), "the trial runs on");
    }

    [Fact]
    public async Task What_is_running_its_hook_when_the_daemon_stops_is_not_started()
    {
        var hook = Script("hook", Content);
        worker.Options = worker.Options with { DrainTimeout = TimeSpan.Zero };
        var id = await Submit(false, new { hooks = new { before = new { argv = (string[])[hook] } } });
        await Until.True(() => File.Exists(worker.PathOf("asked")), "the hook runs");
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
        await NeverRan(id, "failed", "worker-stopped");
    }

    private async Task<string> Submit(bool supervised, object policy)
    {
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), JsonSerializer.Serialize(policy));
        if (supervised)
            worker.Options = worker.Options with { Supervisor = [Repository.Program("Worker", "openclaw-worker")] };
        worker.Go();
        return Gateway.Command($"echo ran > {worker.PathOf("witness")}", killGrace: 5000);
    }

    private async Task NeverRan(string id, string outcome, string reason)
    {
        var result = Assert.Single((await Gateway.Ended(id)).Results);
        Assert.Equal((outcome, reason, null), (result.Outcome, result.Reason, result.ExitCode));
        Assert.Equal(0, result.Metadata!.Value.GetProperty("killed").GetInt32());
        Assert.False(File.Exists(worker.PathOf("witness")));
    }

    private string Script(string name, string text)
    {
        var path = worker.PathOf(name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
