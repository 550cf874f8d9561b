using System.Text.Json;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Tests.Policy;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.FileSystems;

/// <summary>What a task names lies where nothing answers: it ends in its time, and everything else goes on.</summary>
public sealed class DeadMountTests : IDisposable
{
    private readonly DeadMount dead = new();

    public void Dispose() => dead.Dispose();

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_folder_to_run_in(bool supervised) => await EndsInTime(
        supervised, "command", new { argv = (string[])["/bin/true"], cwd = dead.Path });

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_program(bool supervised) => await EndsInTime(supervised, "command", new { argv = (string[])[dead.At("program")] });

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_program_that_not_even_SIGKILL_ends_on_its_way(bool supervised)
    {
        dead.SwallowRequest("program");
        await EndsInTime(supervised, "command", new { argv = (string[])["/bin/true"], cwd = dead.At("program") });
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_folder_of_its_PATH(bool supervised) => await EndsInTime(
        supervised, "command", new { argv = (string[])["no-such-program"], env = new { PATH = $"{dead.Path}:/usr/bin" } });

    [Fact]
    public async Task A_file() => await EndsInTime(false, "file-read", new { path = dead.At("file") });

    [Fact]
    public async Task The_files_of_an_agent() => await EndsInTime(
        false, "claude-cli", new { prompt = "hello", sessionId = "aaaa1111-0000-4000-8000-000000000001" },
        ("settings.json", new { claude = new { program = "/bin/true", env = new { CLAUDE_CONFIG_DIR = dead.Path } } }));

    [Fact]
    public async Task The_owners_hook()
    {
        await using var worker = await Prepare(true);
        Keep(worker, "policy.json", new { hooks = new { before = new { argv = (string[])[dead.At("hook")], timeout = 500 } } });
        worker.Go();
        var result = Assert.Single((await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results);
        Assert.Equal(("rejected", "hooks.before"), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task A_folder_that_the_policy_has_to_judge_is_refused_when_it_does_not_answer()
    {
        using var bench = new PolicyBench("""{"roots":{"run":["/"]}}""");
        var judging = bench.Judge("command", new { command = "true", cwd = dead.At("folder") });
        await Until.True(
            () =>
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(1));
                return judging.IsCompleted;
            },
            "it is judged");
        Assert.Equal((VerdictKind.Rejected, "file-system-unanswered"), ((await judging).Kind, (await judging).Rule));
    }

    [Fact]
    public async Task A_policy_whose_new_root_does_not_answer_changes_nothing_and_holds_nobody_up()
    {
        using var bench = new PolicyBench("""{"kinds":["command"]}""");
        var gate = bench.Gate();
        bench.Write(JsonSerializer.Serialize(new { kinds = (string[])[], roots = new { run = (string[])[dead.At("folder")] } }));
        // On this clock a look is never given up, so the first of the two hangs for as long as the mount does.
        var (first, next) = (gate.CheckForChange(), Task.Run(bench.Keeper.ReloadFile));
        await Until.True(() => bench.Log.Contains("policy of before counts on", StringComparison.Ordinal), "the other says so");
        Assert.Equal(["command"], bench.Keeper.Current.Kinds!);
        dead.Revive();
        await first;
        await next;
    }

    [Fact]
    public async Task The_sessions_of_an_agent_hold_up_no_heartbeat()
    {
        await using var worker = await Prepare(false);
        Keep(worker, "settings.json", new { claude = new { env = new { CLAUDE_CONFIG_DIR = dead.Path } } });
        worker.Go();
        var id = worker.Gateway.Command("sleep 600");
        await worker.Gateway.Running(id);
        await worker.Gateway.Until(g => g.Count("heartbeat") > 5, "it beats");
        worker.Gateway.Cancel(id);
        Assert.Equal("cancelled", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
    }

    private static async Task EndsInTime(bool supervised, string kind, object payload, (string Name, object Content)? kept = null)
    {
        await using var worker = await Prepare(supervised);
        if (kept is var (name, content)) Keep(worker, name, content);
        worker.Go();
        var id = worker.Gateway.Submit(kind, JsonSerializer.Serialize(payload), timeout: 1500, killGrace: 1000);
        await worker.Gateway.Running(id);
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("timed_out", "timeout"), (result.Outcome, result.Reason));
        await Serves(worker);
    }

    private static async Task<WorkerHarness> Prepare(bool supervised)
    {
        var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 100);
        worker.Options =
            worker.Options with { MaxConcurrent = 1, Supervisor = supervised ? [Repository.Program("Worker", "openclaw-worker")] : [] };
        return worker;
    }

    private static void Keep(WorkerHarness worker, string name, object content)
    {
        Directory.CreateDirectory(worker.Home);
        File.WriteAllText(Path.Combine(worker.Home, name), JsonSerializer.Serialize(content));
    }

    /// <summary>The one slot is free, heartbeats go on, and it ends when it is asked to.</summary>
    private static async Task Serves(WorkerHarness worker)
    {
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
        var beats = worker.Gateway.Count("heartbeat");
        await worker.Gateway.Until(g => g.Count("heartbeat") > beats, "it beats");
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
    }
}
