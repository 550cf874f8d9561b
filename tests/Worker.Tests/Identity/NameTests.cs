using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Identity;

/// <summary>The worker's name: another daemon has it, or its owner changed it. Whatever it is, no work is harmed.</summary>
public sealed class NameTests
{
    [Fact]
    public async Task A_worker_whose_name_another_one_has_got_takes_no_work_and_lets_what_it_runs_end()
    {
        await using var worker = await WorkerHarness.Start(g => g.HeartbeatEvery = 200);
        var id = worker.Gateway.Command($"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; echo whole; exit 5");
        await worker.Gateway.Running(id);
        (worker.Gateway.NameTaken, worker.Gateway.Session) = (true, "pc.99.other");
        await Until.True(() => worker.Log.Contains("1 attempt that is here runs on", StringComparison.Ordinal), "it says so");
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        var spooled = Path.Combine(worker.Home, "spool", id + ".json");
        await Until.True(() => File.Exists(spooled), "its result is kept");
        Assert.False(worker.Daemon.IsCompleted);
        Assert.Empty(worker.Gateway.Attempt(id).Results);

        worker.Gateway.NameTaken = false;

        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(("whole\n", 5), (attempt.Text, Assert.Single(attempt.Results).ExitCode));
    }

    [Fact]
    public async Task Where_another_attempt_may_follow_it_ends_with_its_lease_though_there_is_no_session()
    {
        await using var worker = await WorkerHarness.Start(g => (g.HeartbeatEvery, g.Lease) = (200, 2000));
        var id = worker.Gateway.Command("sleep 600", endsWithLease: true);
        await worker.Gateway.Running(id);
        (worker.Gateway.NameTaken, worker.Gateway.Session) = (true, "pc.99.other");
        await Until.True(() => worker.Log.Contains($"attempt {id} lost", StringComparison.Ordinal), "it was ended");
    }

    [Fact]
    public async Task A_name_in_use_at_the_start_is_waited_for_and_one_line_says_so()
    {
        await using var worker = await WorkerHarness.Start(g => g.NameTaken = true);
        await worker.Gateway.Until(g => g.Count("session") >= 4, "it asks again");
        Assert.Single(worker.Log.Split('\n'), line => line.Contains("no work as pc", StringComparison.Ordinal));
        worker.Gateway.NameTaken = false;
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
    }

    [Fact]
    public async Task Two_that_take_the_session_from_each_other_rest_before_each_try()
    {
        await using var worker = await WorkerHarness.Start(g => g.HeartbeatEvery = 100);
        for (var lost = 1; lost <= 3; lost++)
        {
            await worker.Gateway.Until(g => g.Sessions == lost, "it is there");
            worker.Gateway.Session = "pc.99.copy";
        }
        await worker.Gateway.Until(g => g.Sessions == 4, "it is there again");
        var rests = worker.Log.Split('\n').Count(line => line.Contains("another daemon has a copy of this home", StringComparison.Ordinal));
        Assert.Equal(3, rests);
    }

    [Fact]
    public async Task A_restarted_daemon_names_its_predecessors_and_the_names_it_had()
    {
        await using var worker = await WorkerHarness.Start();
        await worker.Gateway.Until(g => g.Sessions == 1, "it is there");
        var first = worker.Gateway.Opened!;
        Assert.Equal((32, null, null), (first.Run!.Length, first.Replaces, first.FormerNames));
        await worker.Stop();
        foreach (var name in new[] { "attic", "attic", "cellar" })
        {
            worker.Options = worker.Options with { Name = name };
            var sessions = worker.Gateway.Sessions;
            worker.Go();
            await worker.Gateway.Until(g => g.Sessions > sessions, "it is back");
            await worker.Stop();
        }
        var last = worker.Gateway.Opened!;
        Assert.Equal(("cellar", first.Instance), (last.Name, last.Instance));
        Assert.Equal(["pc", "attic"], last.FormerNames!);
        Assert.DoesNotContain(last.Run, last.Replaces!);
        Assert.Equal((3, first.Run), (last.Replaces!.Length, last.Replaces[0]));
        Assert.Single(worker.Log.Split('\n'), line => line.Contains("the worker's name was pc and is attic", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_knows_nothing_of_this_is_asked_without_it()
    {
        await using var worker = await WorkerHarness.Start(g => g.Fault = call =>
            call.Name == "session" && call.Body.Contains("\"run\"", StringComparison.Ordinal) ? CallFault.BadRequest : CallFault.None);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(worker.Gateway.Command("true"))).Results[0].Outcome);
        Assert.Null(worker.Gateway.Opened!.Run);
    }
}
