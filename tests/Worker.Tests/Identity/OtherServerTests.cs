using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Tests.Cli;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Identity;

/// <summary>WORKER_URL names another server, or another one answers there. What is one server's is no other's business.</summary>
public sealed class OtherServerTests
{
    [Fact]
    public async Task A_result_is_kept_for_the_server_it_is_of_and_another_one_hears_nothing_of_it()
    {
        await using var worker =
            await WorkerHarness.Prepare(g => g.Fault = call => call.Name == "result" ? CallFault.LoseRequest : CallFault.None);
        await using var other = await FakeGateway.Start();
        other.ServerId = "another";
        worker.Go();
        var id = worker.Gateway.Command("echo for-the-first");
        await worker.Gateway.Until(g => g.Count("result") > 0, "it tried");
        await worker.Stop();
        var (first, spooled) = (worker.Options, Path.Combine(worker.Home, "spool", id + ".json"));
        Assert.True(File.Exists(spooled));

        worker.Options = first with { Url = other.Url };
        worker.Go();
        Assert.Equal("succeeded", (await other.Ended(other.Command("true"))).Results[0].Outcome);
        Assert.Single(worker.Log.Split('\n'),
            line => line.Contains($"this is another server than before ({first.Url.AbsoluteUri.TrimEnd('/')}", StringComparison.Ordinal)
            && line.Contains("1 attempt of others is kept here", StringComparison.Ordinal));
        var terminal = new TypedTerminal();
        Assert.Equal(0, await terminal.Type("status", "--home", worker.Home));
        Assert.Contains("1 attempt of http://127.0.0.1", terminal.Out, StringComparison.Ordinal);
        await worker.Stop();
        // Once more, with a daemon that knows from its home what is whose.
        worker.Go();
        await other.Until(g => g.Sessions == 2, "it is there again");
        await worker.Stop();
        Assert.DoesNotContain(other.Calls,
            call => call.Name is "result" or "output" && call.Body.Contains("for-the-first", StringComparison.Ordinal));
        Assert.True(File.Exists(spooled));

        worker.Gateway.Fault = _ => CallFault.None;
        worker.Options = first;
        worker.Go();
        Assert.Equal("for-the-first\n", (await worker.Gateway.Ended(id)).Text);
    }

    [Fact]
    public async Task What_runs_for_one_server_runs_on_while_another_one_answers_in_its_place()
    {
        await using var worker = await WorkerHarness.Start(g => g.HeartbeatEvery = 100);
        var id = worker.Gateway.Command($"echo before; while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; echo after; exit 4");
        await worker.Gateway.Until(g => g.Attempt(id).Text == "before\n", "it runs");
        (worker.Gateway.ServerId, worker.Gateway.Session) = ("another", null);
        await worker.Gateway.Until(g => g.Sessions == 2, "a session with the other one");
        var calls = worker.Gateway.Calls.Count;
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        await Until.True(() => File.Exists(Path.Combine(worker.Home, "spool", id + ".json")), "its result is kept");
        var beats = worker.Gateway.Count("heartbeat");
        await worker.Gateway.Until(g => g.Count("heartbeat") > beats + 2, "heartbeats go on");
        Assert.DoesNotContain(worker.Gateway.Calls.Skip(calls), call => call.Body.Contains(id, StringComparison.Ordinal));

        (worker.Gateway.ServerId, worker.Gateway.Session) = ("the-server", null);

        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(("before\nafter\n", 4), (attempt.Text, Assert.Single(attempt.Results).ExitCode));
    }

    [Fact]
    public void Whose_is_what_over_servers_that_come_and_go()
    {
        var record = ServerSwitch.ApplyServer(new HomeRecord(), "a", "http://a/", ["old"]);
        Assert.Empty(ServerSwitch.GetElsewhere(record));

        record = ServerSwitch.ApplyServer(record, "b", "http://b/", ["old", "a1"]);
        Assert.Equal(["a1", "old"], ServerSwitch.GetElsewhere(record).Order(StringComparer.Ordinal));

        record = ServerSwitch.ApplyServer(record, "c", "http://c/", ["old", "a1", "b1"]);
        Assert.Equal(["b1"], record.Elsewhere["b"].Attempts);
        Assert.Equal(("http://a/", 2), (record.Elsewhere["a"].Url, record.Elsewhere["a"].Attempts.Length));

        record = ServerSwitch.ApplyServer(record, "a", "http://a2/", ["a1", "b1", "c1"]);
        Assert.Equal(["b", "c"], record.Elsewhere.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["b1", "c1"], ServerSwitch.GetElsewhere(record).Order(StringComparer.Ordinal));
        Assert.Equal(("a", "http://a2/"), (record.Server, record.ServerUrl));
        Assert.True(ServerSwitch.AreSame(record, ServerSwitch.ApplyServer(record, "a", "http://a2/", ["a1", "b1", "c1"])));

        Assert.Empty(ServerSwitch.ApplyServer(record, "a", "http://a2/", []).Elsewhere);
    }
}
