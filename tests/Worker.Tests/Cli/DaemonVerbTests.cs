using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Cli;

/// <summary>Verbs that talk to a daemon that runs.</summary>
public sealed class DaemonVerbTests
{
    private readonly TypedTerminal terminal = new();

    [Fact]
    public async Task Status_tells_server_session_slots_tasks_and_never_the_token()
    {
        await using var worker = await WorkerHarness.Start();
        var id = worker.Gateway.Command("sleep 600 # a secret");
        await worker.Gateway.Running(id);
        Assert.Equal(VerbExit.Done, await terminal.Type("status", "--json", "--home", worker.Home));
        using var json = JsonDocument.Parse(terminal.Out);
        var status = json.RootElement;
        Assert.Equal((Environment.ProcessId, "pc", 3, 2), (status.GetProperty("pid").GetInt32(), status.GetProperty("name").GetString(),
            status.GetProperty("slots").GetInt32(), status.GetProperty("free").GetInt32()));
        Assert.Equal(worker.Gateway.Session, status.GetProperty("session").GetString());
        Assert.Equal(id, Assert.Single(status.GetProperty("tasks").EnumerateArray()).GetProperty("attempt").GetString());
        Assert.Equal(VerbExit.Done, await terminal.Type("status", "--home", worker.Home));
        Assert.Contains("1 of 3 in use; takes work", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeGateway.Token, terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_says_which_policy_is_in_force_and_when_there_is_none()
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Go();
        await worker.Gateway.Until(g => g.Count("poll") > 0, "it polls");
        Assert.Equal(VerbExit.Done, await terminal.Type("status", "--home", worker.Home));
        Assert.Contains("none of the owner's", terminal.Out, StringComparison.Ordinal);
        await worker.Stop();

        await File.WriteAllTextAsync(Path.Combine(worker.Home, PolicyFile.Name), """{"kinds": ["command"]}""");
        var polls = worker.Gateway.Count("poll");
        worker.Go();
        await worker.Gateway.Until(g => g.Count("poll") > polls, "it polls again");
        Assert.Equal(VerbExit.Done, await terminal.Type("status", "--home", worker.Home));
        Assert.Contains("policy     policy.json ", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_says_when_the_server_is_away()
    {
        await using var worker = await WorkerHarness.Start(g => g.Fault = _ => CallFault.Unavailable);
        await Until.True(() => worker.Log.Contains("no session", StringComparison.Ordinal), "it tried");
        Assert.Equal(VerbExit.Done, await terminal.Type("status", "--home", worker.Home));
        Assert.Contains("NOT connected", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_does_not_call_a_server_connected_that_does_not_answer_any_more()
    {
        await using var worker = await WorkerHarness.Start(g => g.HeartbeatEvery = 50);
        await StatusUntil(worker.Home, ", connected as pc since");
        worker.Gateway.Fault = call => call.Name == "heartbeat" ? CallFault.Unavailable : CallFault.None;
        await StatusUntil(worker.Home, "NOT connected: last answer ");
        worker.Gateway.Fault = _ => CallFault.None;
        await StatusUntil(worker.Home, ", connected as pc since");
    }

    private async Task StatusUntil(string home, string says)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await terminal.Type("status", "--home", home) != VerbExit.Done || !terminal.Out.Contains(says, StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, late.Token);
    }

    [Fact]
    public async Task Without_a_daemon_the_exit_code_says_so()
    {
        terminal.Variables["OPENCLAW_WORKER_HOME"] = "/nonexistent/home";
        Assert.Equal(VerbExit.NoDaemon, await terminal.Type("status"));
        Assert.Contains("no daemon runs in /nonexistent/home", terminal.Out, StringComparison.Ordinal);
        Assert.Equal(VerbExit.NoDaemon, await terminal.Type("status", "--json"));
        Assert.Equal("""{"running":false}""", terminal.Out.Trim());
        Assert.Equal(VerbExit.NoDaemon, await terminal.Type("drain"));
    }

    [Fact]
    public async Task A_daemon_whose_socket_is_not_there_is_not_called_absent()
    {
        await using var worker = await WorkerHarness.Start();
        await worker.Gateway.Until(g => g.Count("poll") > 0, "it polls");
        File.Delete(Path.Combine(worker.Home, "control.sock"));
        Assert.Equal(VerbExit.No, await terminal.Type("status", "--home", worker.Home));
        Assert.Contains("a daemon holds", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(VerbExit.No, await terminal.Type("drain", "--home", worker.Home));
        Assert.Contains("a daemon holds", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_takes_no_new_work_waits_longer_than_a_signal_would_and_the_daemon_ends()
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Options = worker.Options with { DrainTimeout = TimeSpan.Zero };
        worker.Go();
        var running = worker.Gateway.Command($"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; echo done");
        await worker.Gateway.Running(running);
        var drained = terminal.Type("drain", "--wait", "--home", worker.Home);
        await Until.True(() => worker.Log.Contains("drain: no new work", StringComparison.Ordinal), "it drains");
        var late = worker.Gateway.Command("echo late");
        var other = new TypedTerminal();
        Assert.Equal(VerbExit.Done, await other.Type("status", "--home", worker.Home));
        Assert.Contains("draining", other.Out, StringComparison.Ordinal);
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal(VerbExit.Done, await drained.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.EndsWith("0 tasks run, 0 results are not reported yet", terminal.Out.Trim(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Stopped, await worker.Daemon.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal("succeeded", Assert.Single(worker.Gateway.Attempt(running).Results).Outcome);
        Assert.False(worker.Gateway.Attempt(late).Started);
    }

    [Fact]
    public async Task Drain_says_no_when_a_result_could_not_be_reported()
    {
        await using var worker = await WorkerHarness.Start(g => g.Fault = c => c.Name == "result" ? CallFault.Unavailable : CallFault.None);
        var id = worker.Gateway.Command("true");
        await Until.True(() => worker.Log.Contains($"attempt {id} succeeded", StringComparison.Ordinal), "it has ended");
        Assert.Equal(VerbExit.No, await terminal.Type("drain", "--wait", "--home", worker.Home).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("1 result is not reported yet", terminal.Out, StringComparison.Ordinal);
    }
}
