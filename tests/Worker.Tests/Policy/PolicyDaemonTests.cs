using OpenClaw.Protocol.Attempts;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Policy;

/// <summary>A whole daemon with a policy file.</summary>
public sealed class PolicyDaemonTests
{
    [Fact]
    public async Task What_the_policy_refuses_ends_rejected_with_the_rule_and_is_never_spawned()
    {
        await using var worker = await With("""{"commands":{"deny":[{"glob":"*touch*"}]}}""");
        var refused = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        var allowed = worker.Gateway.Command("echo fine");
        var result = Assert.Single((await worker.Gateway.Ended(refused)).Results);
        Assert.Equal(("rejected", "commands.deny[0]", null), (result.Outcome, result.Reason, result.ExitCode));
        Assert.Contains("denied on this PC", result.Error, StringComparison.Ordinal);
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(allowed)).Results).Outcome);
        Assert.False(File.Exists(worker.PathOf("ran")));
    }

    /// <summary>A policy that is changed counts for the next task. This one's rejection is in the owner's audit log already.</summary>
    [Fact]
    public async Task What_was_rejected_stays_so_although_the_policy_lets_it_run_before_its_start_is_answered()
    {
        await using var worker = await With("""{"kinds":["file-read"]}""");
        worker.Gateway.Fault = call => call.Name == "start" ? CallFault.Unavailable : CallFault.None;
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("start") > 0, "its start is asked for");
        Replace(worker, "{}");
        await Until.True(() => worker.Log.Contains("the policy was changed", StringComparison.Ordinal), "the other policy counts");
        worker.Gateway.Fault = _ => CallFault.None;
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("rejected", "kinds"), (result.Outcome, result.Reason));
        Assert.False(File.Exists(worker.PathOf("ran")));
    }

    /// <summary>The file counts as it is then, not as it was when it was looked at last.</summary>
    [Fact]
    public async Task A_hook_that_the_owner_adds_while_the_start_is_asked_for_is_run()
    {
        await using var worker = await With("{}");
        worker.Gateway.Fault = call =>
        {
            if (call.Name == "start") Replace(worker, """{"hooks":{"before":{"argv":["/bin/false"]}}}""");
            return CallFault.None;
        };
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
        Assert.Equal(("rejected", "hooks.before"), (result.Outcome, result.Reason));
        Assert.False(File.Exists(worker.PathOf("ran")));
    }

    [Fact]
    public async Task A_daemon_does_not_start_on_a_policy_with_faults_and_names_them_all()
    {
        await using var worker = await WorkerHarness.Prepare();
        Write(worker, """{"kinds":"all","rots":{}}""");
        worker.Go();
        Assert.Equal(ExitCodes.Configuration, await worker.Daemon);
        Assert.Contains("policy.json: kinds must be", worker.Log, StringComparison.Ordinal);
        Assert.Contains("policy.json: rots is unknown", worker.Log, StringComparison.Ordinal);
        Assert.Equal(0, worker.Gateway.Count("session"));
    }

    [Fact]
    public async Task A_changed_policy_counts_for_the_next_task_and_a_broken_one_changes_nothing()
    {
        await using var worker = await With("{}");
        Assert.Equal("succeeded", await Outcome(worker));
        Replace(worker, """{"kinds":["file-read"]}""");
        Assert.Equal("rejected", await Outcome(worker));
        Replace(worker, """{"kinds":["command"],}}""");
        Assert.Equal("rejected", await Outcome(worker));
        Assert.Contains("THE NEW POLICY IS NOT USED", worker.Log, StringComparison.Ordinal);
        Assert.Contains("policy     NOT what policy.json says now: not valid JSON", await Typed(worker, "status"),
            StringComparison.Ordinal);
        Assert.Matches("FAULT   policy +not valid JSON", await Typed(worker, "doctor"));
        File.Delete(Path.Combine(worker.Home, "policy.json"));
        Assert.Equal("rejected", await Outcome(worker));
        Assert.Contains("the file is gone", worker.Log, StringComparison.Ordinal);
        Assert.Contains("the file is gone", await Typed(worker, "status"), StringComparison.Ordinal);
        Assert.Matches("FAULT   policy +the file is gone", await Typed(worker, "doctor"));
        Replace(worker, """{"kinds":["command"]}""");
        Assert.Equal("succeeded", await Outcome(worker));
        Assert.DoesNotContain("NOT what", await Typed(worker, "status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hook_before_a_task_gets_it_as_JSON_and_refuses_with_its_first_line()
    {
        await using var worker = await WorkerHarness.Prepare();
        var hook = Script(worker, "hook",
            $"cat > {worker.PathOf("seen")}; grep -q forbidden {worker.PathOf("seen")} && {{ echo not here >&2; echo more >&2; "
                + $"exit 3; }}; exit 0");
        Write(worker, $$"""{"hooks":{"before":{"argv":["{{hook}}"] } } }""");
        worker.Go();
        var refused = worker.Gateway.Command($"echo forbidden > {worker.PathOf("ran")}");
        var result = Assert.Single((await worker.Gateway.Ended(refused)).Results);
        Assert.Equal(("rejected", "hooks.before"), (result.Outcome, result.Reason));
        Assert.EndsWith("refused the task: not here", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(worker.PathOf("ran")));
        using var hookInput = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(worker.PathOf("seen")));
        Assert.Equal("command", hookInput.RootElement.GetProperty("kind").GetString());
        Assert.Contains(
            "forbidden", hookInput.RootElement.GetProperty("payload").GetProperty("command").GetString(), StringComparison.Ordinal);
        Assert.Equal("succeeded", await Outcome(worker));
    }

    [Theory]
    [InlineData("/nowhere/hook", 60_000, "was not found")]
    [InlineData("slow", 300, "longer than")]
    public async Task A_hook_that_can_not_answer_refuses(string name, int timeout, string why)
    {
        await using var worker = await WorkerHarness.Prepare();
        var hook = name == "slow" ? Script(worker, name, "sleep 60") : name;
        Write(worker, $$"""{"hooks":{"before":{"argv":["{{hook}}"],"timeout":{{timeout}} } } }""");
        worker.Go();
        var result = await Result(worker, "echo x");
        Assert.Equal(("rejected", "hooks.before"), (result.Outcome, result.Reason));
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hook_after_a_task_is_told_how_it_ended_and_changes_nothing()
    {
        await using var worker = await WorkerHarness.Prepare();
        var hook = Script(worker, "hook", $"cat > {worker.PathOf("seen")}; exit 1");
        Write(worker, $$"""{"hooks":{"after":{"argv":["{{hook}}"] } } }""");
        worker.Go();
        var result = await Result(worker, "exit 4");
        Assert.Equal(("failed", 4), (result.Outcome, result.ExitCode));
        Assert.Contains("\"outcome\":\"failed\",\"exitCode\":4", await File.ReadAllTextAsync(worker.PathOf("seen")),
            StringComparison.Ordinal);
        Assert.Contains("hook after the task failed", worker.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_policy_lowers_the_run_time_a_task_asks_for()
    {
        await using var worker = await With("""{"limits":{"timeout":300}}""");
        var result = await Result(worker, "sleep 60");
        Assert.Equal(("timed_out", "timeout"), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task In_quiet_hours_nothing_is_taken()
    {
        await using var worker = await With("""{"quietHours":[{"from":"00:00","to":"00:00"}]}""");
        await worker.Gateway.Until(g => g.Count("poll") >= 1, "it polls");
        var id = worker.Gateway.Command("echo x");
        Replace(worker, "{}");
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
        Assert.Contains("the policy was changed", worker.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_task_never_touches_the_workers_own_folder()
    {
        await using var worker = await WorkerHarness.Start();
        foreach (var (kind, payload) in new (string, object)[]
        {
            ("file-write", new { path = Path.Combine(worker.Home, "policy.json"), content = "{}" }),
            ("file-read", new { path = Path.Combine(worker.Home, "instance") }),
        })
        {
            var id = worker.Gateway.Submit(kind, System.Text.Json.JsonSerializer.Serialize(payload));
            var result = Assert.Single((await worker.Gateway.Ended(id)).Results);
            Assert.Equal(("rejected", "worker-home"), (result.Outcome, result.Reason));
        }
        Assert.False(File.Exists(Path.Combine(worker.Home, "policy.json")));
    }

    [Fact]
    public async Task What_needs_a_yes_does_not_run_without_one()
    {
        await using var worker = await With("""{"approval":[{"name":"all"}]}""");
        var id = worker.Gateway.Command($"touch {worker.PathOf("ran")}");
        await worker.Gateway.Until(g => g.Count("approval") > 0, "the yes is asked for");
        Assert.False(worker.Gateway.Attempt(id).Started);
        Assert.False(File.Exists(worker.PathOf("ran")));
    }

    private static async Task<WorkerHarness> With(string policy)
    {
        var worker = await WorkerHarness.Prepare();
        Write(worker, policy);
        worker.Go();
        return worker;
    }

    private static void Write(WorkerHarness worker, string policy)
    {
        Directory.CreateDirectory(worker.Home);
        File.WriteAllText(Path.Combine(worker.Home, "policy.json"), policy);
    }

    /// <summary>As editors do it: a file beside it, then a rename.</summary>
    private static void Replace(WorkerHarness worker, string policy)
    {
        File.WriteAllText(worker.PathOf("policy.new"), policy);
        File.Move(worker.PathOf("policy.new"), Path.Combine(worker.Home, "policy.json"), overwrite: true);
    }

    private static string Script(WorkerHarness worker, string name, string text)
    {
        var path = worker.PathOf(name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserExecute | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static async Task<string> Typed(WorkerHarness worker, string verb)
    {
        var terminal = new Cli.TypedTerminal();
        await terminal.Type(verb, "--home", worker.Home);
        return terminal.Out;
    }

    private static async Task<AttemptResult> Result(WorkerHarness worker, string command) =>
        Assert.Single((await worker.Gateway.Ended(worker.Gateway.Command(command))).Results);

    private static async Task<string> Outcome(WorkerHarness worker) => (await Result(worker, "echo x")).Outcome;
}
