using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests;

public sealed class DaemonTests
{
    private const string OldAttempt = "00000000-0000-0000-0000-0000000000ff.1";

    [Fact]
    public async Task It_says_what_it_is_and_says_goodbye()
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Options = worker.Options with { Labels = ["gpu"] };
        worker.Go();
        await worker.Gateway.Until(g => g.Count("poll") == 1, "it polls");
        var opened = worker.Gateway.Opened!;
        Assert.Equal(("pc", 3, 32), (opened.Name, opened.MaxConcurrent, opened.Instance.Length));
        Assert.Equal(["gpu"], opened.Labels!);
        Assert.Contains("command", opened.Kinds);
        Assert.Contains("file-read", opened.Kinds);
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
        Assert.Equal(1, worker.Gateway.Count("close"));
        Assert.DoesNotContain(FakeGateway.Token, worker.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_12_a_result_is_sent_until_the_server_answers_for_it()
    {
        await using var worker = await WorkerHarness.Start(gateway => gateway.Fault = call => (call.Name, call.Number) switch
        {
            ("result", 1) => CallFault.LoseRequest,
            ("result", 2) => CallFault.Unavailable,
            ("result", 3) => CallFault.Unauthorized,
            ("result", 4) => CallFault.Garbage,
            _ => CallFault.None,
        });
        var id = worker.Gateway.Command("echo x; exit 4");
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(5, worker.Gateway.Count("result"));
        Assert.Equal(4, Assert.Single(attempt.Results).ExitCode);
        await Until.True(() => Directory.GetFiles(Path.Combine(worker.Home, "spool")).Length == 0, "the spool is empty");
    }

    [Fact]
    public async Task Fault_13_SIGTERM_lets_running_tasks_end_and_reports_them_and_takes_no_new_ones()
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Options = worker.Options with { DrainTimeout = TimeSpan.FromMinutes(1) };
        worker.Go();
        var running = worker.Gateway.Command(
            $"touch {worker.PathOf("up")}; while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; echo done");
        // The server notes a start before the worker has its answer.
        await Until.True(() => File.Exists(worker.PathOf("up")), "it runs");
        worker.AskToStop();
        await Until.True(() => worker.Log.Contains("1 task runs", StringComparison.Ordinal), "it drains");
        var late = worker.Gateway.Command("echo late");
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
        Assert.Equal("done\n", worker.Gateway.Attempt(running).Text);
        Assert.Equal("succeeded", Assert.Single(worker.Gateway.Attempt(running).Results).Outcome);
        Assert.False(worker.Gateway.Attempt(late).Started);
    }

    /// <summary>
    /// Nothing of it runs, and the server says that it has noted nothing, so it is nobody's to wait for: it is left to whoever gets it
    /// next, here the daemon after this one.
    /// </summary>
    [Fact]
    public async Task Fault_13_what_waits_for_the_servers_yes_is_dropped_at_once_and_runs_once_after()
    {
        await using var worker =
            await WorkerHarness.Prepare(g => g.Fault = call => call.Name == "start" ? CallFault.Unavailable : CallFault.None);
        worker.Options = worker.Options with { DrainTimeout = TimeSpan.FromHours(1) };
        worker.Go();
        var id = worker.Gateway.Command($"echo ran >> {worker.PathOf("witness")}");
        await Until.True(() => worker.Log.Contains("waits for the server's yes", StringComparison.Ordinal), "it asks again and again");
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
        Assert.DoesNotContain("stopping: no new work;", worker.Log, StringComparison.Ordinal);
        Assert.Contains($"attempt {id} not started: the daemon takes no more work", worker.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(worker.PathOf("witness")));
        worker.Gateway.Fault = _ => CallFault.None;
        worker.Go();
        Assert.Equal("succeeded", Assert.Single((await worker.Gateway.Ended(id)).Results).Outcome);
        Assert.Single(await File.ReadAllLinesAsync(worker.PathOf("witness")));
    }

    /// <summary>
    /// Perhaps it counts at the server as started, which would say lost of it: start answer lost, repeat, run once (semantics, section 5).
    /// </summary>
    [Fact]
    public async Task Fault_13_a_start_whose_answer_was_lost_is_asked_for_again_in_a_drain_and_runs_once()
    {
        await using var worker =
            await WorkerHarness.Prepare(g => g.Fault = call => call.Name == "start" ? CallFault.LoseAnswer : CallFault.None);
        worker.Options = worker.Options with { DrainTimeout = TimeSpan.FromHours(1) };
        worker.Go();
        var id = worker.Gateway.Command($"echo ran >> {worker.PathOf("witness")}");
        await Until.True(() => worker.Log.Contains("waits for the server's yes", StringComparison.Ordinal), "it asks again and again");
        worker.AskToStop();
        await Until.True(() => worker.Log.Contains("stopping: no new work; 1 task runs", StringComparison.Ordinal), "it counts as running");
        worker.Gateway.Fault = _ => CallFault.None;
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
        Assert.Equal("succeeded", Assert.Single(worker.Gateway.Attempt(id).Results).Outcome);
        Assert.Single(await File.ReadAllLinesAsync(worker.PathOf("witness")));
    }

    [Theory]
    [InlineData(CallFault.Hang), InlineData(CallFault.LoseAnswer)]
    public async Task Fault_13_a_start_without_an_answer_ends_with_the_time_for_draining(CallFault fault)
    {
        await using var worker = await WorkerHarness.Prepare(g => g.Fault = call => call.Name == "start" ? fault : CallFault.None);
        worker.Options = worker.Options with { DrainTimeout = TimeSpan.FromMilliseconds(200), StopGrace = TimeSpan.FromHours(1) };
        worker.Go();
        worker.Gateway.Command($"echo ran >> {worker.PathOf("witness")}");
        await worker.Gateway.Until(g => g.Count("start") >= 1, "it asks to start");
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
        Assert.False(File.Exists(worker.PathOf("witness")));
    }

    [Fact]
    public async Task Fault_13_what_does_not_end_in_time_is_ended_and_reported()
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Options = worker.Options with { DrainTimeout = TimeSpan.FromMilliseconds(200) };
        worker.Go();
        var id = worker.Gateway.Command("echo begun; trap '' TERM; while :; do sleep 1; done", killGrace: 300_000);
        await worker.Gateway.Until(g => g.Attempt(id).Text == "begun\n", "it runs");
        Assert.Equal(ExitCodes.Stopped, await worker.Stop());
        var result = Assert.Single(worker.Gateway.Attempt(id).Results);
        Assert.Equal(("failed", "worker-stopped", "SIGKILL"), (result.Outcome, result.Reason, result.Signal));
        Assert.Equal(0, result.Metadata!.Value.GetProperty("survivors").GetInt32());
    }

    [Fact]
    public async Task A_result_the_server_never_took_is_sent_after_a_restart()
    {
        await using var worker = await WorkerHarness.Prepare(g =>
            g.Fault = call => call.Name == "result" ? CallFault.LoseRequest : CallFault.None);
        worker.Go();
        var id = worker.Gateway.Command("head -c 900000 /dev/zero; echo kept");
        await worker.Gateway.Until(g => g.Count("result") > 0, "it tried");
        await worker.Stop();
        Assert.Single(Directory.GetFiles(Path.Combine(worker.Home, "spool")));
        worker.Gateway.Fault = _ => CallFault.None;
        worker.Go();
        var attempt = await worker.Gateway.Ended(id);
        Assert.Contains(id, worker.Gateway.Opened!.Held!);
        Assert.Equal(900_005, attempt.Stdout.Length);
        Assert.Equal(attempt.Results[0].StdoutBytes, attempt.Stdout.Length);
    }

    [Fact]
    public async Task Spool_files_that_cannot_be_read_are_set_aside_and_the_others_are_sent()
    {
        await using var worker = await WorkerHarness.Prepare();
        var spool = Directory.CreateDirectory(Path.Combine(worker.Home, "spool")).FullName;
        var id = worker.Gateway.Command("true");
        var good = new AttemptResult { Session = "", Outcome = "failed", ExitCode = 9 };
        var json = JsonSerializer.SerializeToUtf8Bytes(good, ProtocolJson.Default.AttemptResult);
        await File.WriteAllBytesAsync(Path.Combine(spool, id + ".json"), json);
        await File.WriteAllTextAsync(Path.Combine(spool, "torn.1.json"), "{\"outcome\":\"succ");
        await File.WriteAllTextAsync(Path.Combine(spool, "noise"), "x");
        await File.WriteAllTextAsync(Path.Combine(spool, "half.1.json.tmp"), "");
        worker.Go();
        Assert.Equal(9, (await worker.Gateway.Ended(id)).Results[0].ExitCode);
        var aside = Directory.GetFiles(Path.Combine(spool, "corrupt")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(["noise", "torn.1.json"], aside);
        await Until.True(() => Directory.GetFiles(spool).Length == 0, "the spool is empty");
    }

    [Fact]
    public async Task A_result_that_is_not_liked_is_sent_without_its_extras_and_then_kept_for_the_owner()
    {
        await using var worker = await WorkerHarness.Start(g => g.Fault = c => c.Name == "result" ? CallFault.BadRequest : CallFault.None);
        var id = worker.Gateway.Command("echo x");
        var aside = Path.Combine(worker.Home, "spool", "refused", id + ".json");
        // As it is, without the times of its output (an older server does not know them), without extras.
        await worker.Gateway.Until(g => g.Count("result") == 3, "it tried without extras");
        await Until.True(() => Directory.GetFiles(Path.Combine(worker.Home, "spool")).Length == 0, "nothing waits");
        Assert.True(File.Exists(aside));
        Assert.Equal(3, worker.Gateway.Count("result"));
        worker.Gateway.Fault = _ => CallFault.None;
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
    }

    [Fact]
    public async Task What_a_killed_daemon_left_running_is_ended_before_the_session_opens()
    {
        await using var worker = await WorkerHarness.Prepare();
        using var left = new ProcessHarness();
        var run = left.Run(left.Shell("setsid sleep 600 & sleep 600"));
        await Until.True(() => left.Alive() >= 2, "it runs");
        var journal = Directory.CreateDirectory(Path.Combine(worker.Home, "journal")).FullName;
        var task = left.Environment[OpenClaw.Worker.Processes.ProcessMarker.TaskVariable];
        var entry = $$"""{"AttemptId":"{{OldAttempt}}","TaskId":"{{task}}","Attempt":1}""";
        await File.WriteAllTextAsync(Path.Combine(journal, OldAttempt), entry);
        await File.WriteAllTextAsync(Path.Combine(journal, "torn.1"), "{");
        var aliveWhenOpened = -1;
        worker.Gateway.Fault = call =>
        {
            if (call.Name == "session") aliveWhenOpened = left.Alive();
            return CallFault.None;
        };
        worker.Go();
        await worker.Gateway.Until(g => g.Count("poll") > 0, "it polls");
        Assert.Equal(0, aliveWhenOpened);
        Assert.DoesNotContain(OldAttempt, worker.Gateway.Opened!.Held!);
        Assert.All(Directory.GetFiles(journal), path => Assert.StartsWith("journal-", Path.GetFileName(path), StringComparison.Ordinal));
        // The signal ends the shell, or its child first and the shell reports that in its own way.
        var end = await run;
        Assert.True(end is { Signal: not null } or { ExitCode: > 128 }, $"{end}");
    }

    [Fact]
    public async Task One_daemon_a_home()
    {
        await using var worker = await WorkerHarness.Start();
        await worker.Gateway.Until(g => g.Count("poll") > 0, "the first polls");
        Assert.Equal(ExitCodes.Home, await WorkerDaemon.RunUntilStopped(worker.Options, TextWriter.Null, CancellationToken.None));
        var instance = worker.Gateway.Opened!.Instance;
        await worker.Stop();
        worker.Go();
        await worker.Gateway.Until(g => g.Sessions == 2, "it is back");
        Assert.Equal(instance, worker.Gateway.Opened!.Instance);
    }

    [Fact]
    public async Task Wrong_settings_are_told_all_at_once_and_it_does_not_start()
    {
        await using var worker = await WorkerHarness.Prepare();
        Directory.CreateDirectory(worker.Home);
        const string Settings = """{"kinds":{"Bad Name":{"program":["x"]}},"unknown":1}""";
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "settings.json"), Settings);
        worker.Go();
        Assert.Equal(ExitCodes.Configuration, await worker.Daemon);
        Assert.InRange(worker.Log.Split('\n').Length, 3, 5);
        Assert.Equal(0, worker.Gateway.Count("session"));
    }

    [Fact]
    public async Task A_lost_session_is_opened_again_and_what_runs_goes_on()
    {
        await using var worker = await WorkerHarness.Start(g => g.HeartbeatEvery = 200);
        var id = worker.Gateway.Command($"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; echo whole");
        await worker.Gateway.Running(id);
        worker.Gateway.Session = null;
        await worker.Gateway.Until(g => g.Sessions >= 2, "a new session");
        Assert.Contains(id, worker.Gateway.Opened!.Held!);
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal("whole\n", (await worker.Gateway.Ended(id)).Text);
    }

    [Fact]
    public async Task Heartbeats_go_on_while_polls_and_output_hang()
    {
        await using var worker = await WorkerHarness.Start(g =>
        {
            g.HeartbeatEvery = 100;
            g.Fault = call => call.Name == "output" || (call.Name == "poll" && call.Number > 1) ? CallFault.Hang : CallFault.None;
        });
        var id = worker.Gateway.Command("yes | head -c 20000000; sleep 600");
        await worker.Gateway.Until(g => g.Count("output") > 0, "output hangs");
        var before = worker.Gateway.Count("heartbeat");
        await worker.Gateway.Until(g => g.Count("heartbeat") >= before + 10, "ten more heartbeats");
        worker.Gateway.Cancel(id);
        await Until.True(() => worker.Log.Contains($"attempt {id} cancelled", StringComparison.Ordinal), "the cancel was obeyed");
    }

    [Fact]
    public async Task Without_a_durable_journal_nothing_starts()
    {
        await using var worker = await WorkerHarness.Start();
        await worker.Gateway.Until(g => g.Count("poll") > 0, "it polls");
        Directory.Delete(Path.Combine(worker.Home, "journal"));
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "journal"), "in the way, as a full disk is");
        var id = worker.Gateway.Command("true");
        await Until.True(() => worker.Log.Contains("its journal can't be written", StringComparison.Ordinal), "it says so");
        await worker.Gateway.Until(
            g => g.Calls.Any(c => c.Name == "poll" && c.Body.Contains("\"freeSlots\":0", StringComparison.Ordinal)), "it asks for none");
        Assert.False(worker.Gateway.Attempt(id).Started);
        await Until.True(() => Status(worker).NoWork is { } why
            && why.StartsWith("the home folder can't be written: ", StringComparison.Ordinal), "the owner is told");
    }

    private static WorkerStatus Status(WorkerHarness worker) =>
        ControlClient.SendCommand(worker.Home, StatusCommand.Name, null, ControlJson.Default.WorkerStatus).GetAwaiter().GetResult().Value!;
}
