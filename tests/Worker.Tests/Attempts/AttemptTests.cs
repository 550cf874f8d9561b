using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Attempts;

public sealed class AttemptTests
{
    [Fact]
    public async Task A_short_task_costs_one_start_and_one_result_and_no_output_call()
    {
        await using var worker = await WorkerHarness.Prepare();
        // It stands still: on a busy machine the program may end so late after its words that they are sent before.
        worker.Clock = new FakeTimeProvider();
        worker.Go();
        var id = worker.Gateway.Command("echo hello; echo oops >&2; exit 3");
        var attempt = await worker.Gateway.Ended(id);
        var result = Assert.Single(attempt.Results);
        Assert.Equal(("failed", 3, "exit-code"), (result.Outcome, result.ExitCode, result.Reason));
        Assert.Equal("hello\n", attempt.Text);
        Assert.Equal("oops\n", Encoding.UTF8.GetString(attempt.Stderr));
        Assert.Equal((6, 5), (result.StdoutBytes, result.StderrBytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("hello\n"u8)), result.StdoutSha256);
        Assert.Equal((1, 1, 0), (worker.Gateway.Count("start"), worker.Gateway.Count("result"), worker.Gateway.Count("output")));
    }

    [Fact]
    public async Task Every_answer_lost_once_and_the_command_runs_once()
    {
        await using var worker = await WorkerHarness.Start(gateway =>
            gateway.Fault = call => call.Number == 1 ? CallFault.LoseAnswer : CallFault.None);
        var id = worker.Gateway.Command(
            $"echo $OPENCLAW_TASK_ID $OPENCLAW_ATTEMPT $$ >> {worker.PathOf("witness")};"
            + "head -c 300000 /dev/zero; echo first; sleep 0.5; echo last");
        var attempt = await worker.Gateway.Ended(id);
        await Until.True(() => Directory.GetFiles(Path.Combine(worker.Home, "spool")).Length == 0, "the spool is empty");
        Assert.Single(await File.ReadAllLinesAsync(worker.PathOf("witness")));
        Assert.Equal(300_011, attempt.Stdout.Length);
        Assert.EndsWith("first\nlast\n", attempt.Text, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(attempt.Stdout)), attempt.Results[0].StdoutSha256);
        foreach (var name in (string[])["session", "poll", "start", "output", "result"])
            Assert.InRange(worker.Gateway.Count(name), 2, 50);
    }

    [Fact]
    public async Task Without_the_servers_yes_nothing_runs()
    {
        await using var worker = await WorkerHarness.Start(gateway =>
            gateway.Fault = call => call.Name == "start" ? CallFault.Unavailable : CallFault.None);
        var id = worker.Gateway.Command($"echo ran >> {worker.PathOf("witness")}");
        await worker.Gateway.Until(g => g.Count("start") >= 2, "it asked twice");
        worker.Gateway.Supersede(id);
        worker.Gateway.Fault = _ => CallFault.None;
        await Until.True(() => worker.Log.Contains("not started", StringComparison.Ordinal), "it gave up");
        Assert.False(File.Exists(worker.PathOf("witness")));
        Assert.Empty(worker.Gateway.Attempt(id).Results);
        await worker.Stop();
        using var journal = new AttemptJournal(Path.Combine(worker.Home, "journal"), new WorkerLog(TextWriter.Null, TimeProvider.System));
        Assert.Empty(journal.LeftOpen);
    }

    [Fact]
    public async Task An_offer_beyond_its_slots_disturbs_nobody_and_runs_when_there_is_room()
    {
        await using var worker = await WorkerHarness.Prepare();
        worker.Options = worker.Options with { MaxConcurrent = 2 };
        worker.Go();
        var ids = Enumerable.Range(0, 5).Select(i => worker.Gateway.Command($"echo {i}; sleep 0.2")).ToArray();
        foreach (var id in ids)
            Assert.Equal("succeeded", (await worker.Gateway.Ended(id)).Results[0].Outcome);
        Assert.Equal(5, worker.Gateway.Count("start"));
    }

    [Fact]
    public async Task A_timeout_is_kept_by_the_worker_itself_and_its_proof_is_reported()
    {
        var clock = new FakeTimeProvider();
        await using var worker = await WorkerHarness.Prepare();
        worker.Clock = clock;
        worker.Go();
        var id = worker.Gateway.Command($"sleep 600 & touch {worker.PathOf("up")}; sleep 600", timeout: 5000, killGrace: 300_000);
        await Until.True(() => File.Exists(worker.PathOf("up")), "it runs");
        clock.Advance(TimeSpan.FromSeconds(5));
        await Ticking(() => worker.Gateway.Attempt(id).Results.Count > 0, clock, "it is reported");
        var result = worker.Gateway.Attempt(id).Results[0];
        Assert.Equal(("timed_out", "timeout", "SIGTERM"), (result.Outcome, result.Reason, result.Signal));
        Assert.Equal(0, result.Metadata!.Value.GetProperty("survivors").GetInt32());
        Assert.InRange(result.Metadata.Value.GetProperty("killed").GetInt32(), 2, 4);
    }

    [Fact]
    public async Task Silence_ends_a_task_that_prints_nothing_but_not_one_that_does()
    {
        var clock = new FakeTimeProvider();
        await using var worker = await WorkerHarness.Prepare(
            gateway => (gateway.HeartbeatEvery, gateway.PollWait) = (36_000_000, 36_000_000));
        worker.Options = worker.Options with { PollWait = TimeSpan.FromHours(10) };
        worker.Clock = clock;
        worker.Go();
        var loop = $"for i in 1 2 3; do echo $i; while [ ! -e {worker.PathOf("go")}$i ]; do sleep 0.05; done; done";
        var talks = worker.Gateway.Command(loop, timeout: 36_000_000, silence: 600_000);
        var silent = worker.Gateway.Command("echo once; sleep 600", timeout: 36_000_000, silence: 600_000);
        await Ticking(() => worker.Gateway.Attempt(silent).Text == "once\n", clock, "it has said all that it will");
        foreach (var word in "123")
        {
            await Ticking(
                () => worker.Gateway.Attempt(talks).Text.EndsWith($"{word}\n", StringComparison.Ordinal), clock, "it goes on to talk");
            clock.Advance(TimeSpan.FromSeconds(400));
            await File.WriteAllTextAsync(worker.PathOf($"go{word}"), "");
        }
        await Ticking(() => new[] { talks, silent }.All(id => worker.Gateway.Attempt(id).Results.Count > 0), clock, "both are reported");
        Assert.Equal("silence", worker.Gateway.Attempt(silent).Results[0].Reason);
        Assert.Equal("succeeded", worker.Gateway.Attempt(talks).Results[0].Outcome);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_cancel_ends_the_tree_whichever_way_it_comes(bool byPoll)
    {
        await using var worker = await WorkerHarness.Start(gateway =>
        {
            gateway.CancelsTravelByPoll = byPoll;
            gateway.HeartbeatEvery = byPoll ? 600_000 : 200;
        });
        var id = worker.Gateway.Command($"touch {worker.PathOf("up")}; sleep 600");
        await Until.True(() => File.Exists(worker.PathOf("up")), "it runs");
        worker.Gateway.Cancel(id);
        var result = (await worker.Gateway.Ended(id)).Results[0];
        Assert.Equal(("cancelled", "cancel"), (result.Outcome, result.Reason));
        Assert.InRange(result.Metadata!.Value.GetProperty("killed").GetInt32(), 1, 3);
        Assert.Equal(0, result.Metadata.Value.GetProperty("survivors").GetInt32());
    }

    [Fact]
    public async Task A_cancel_reaches_a_worker_that_is_full()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.HeartbeatEvery = 600_000);
        worker.Options = worker.Options with { MaxConcurrent = 1 };
        worker.Go();
        var id = worker.Gateway.Command("sleep 600");
        await worker.Gateway.Running(id);
        worker.Gateway.Cancel(id);
        Assert.Equal("cancelled", (await worker.Gateway.Ended(id)).Results[0].Outcome);
    }

    [Fact]
    public async Task A_cancel_that_comes_while_the_start_is_asked_for_is_not_forgotten()
    {
        await using var worker = await WorkerHarness.Start(gateway =>
        {
            gateway.HeartbeatEvery = 600_000;
            gateway.Fault = call => call is { Name: "start", Number: 1 } ? CallFault.LoseAnswer
                : call is { Name: "start", Number: 2 } ? CallFault.Hang : CallFault.None;
        });
        var id = worker.Gateway.Command("sleep 600");
        await worker.Gateway.Until(g => g.Count("start") == 2, "the start is committed, and asked for once more");
        var before = worker.Gateway.Count("heartbeat");
        worker.Gateway.Cancel(id);
        await worker.Gateway.Until(g => g.Count("heartbeat") > before, "a heartbeat that can't name it yet");
        worker.Gateway.Release();
        Assert.Equal("cancelled", (await worker.Gateway.Ended(id)).Results[0].Outcome);
    }

    [Fact]
    public async Task A_superseded_attempt_is_ended_and_not_reported()
    {
        await using var worker = await WorkerHarness.Start(gateway => gateway.HeartbeatEvery = 200);
        var id = worker.Gateway.Command($"echo $$ > {worker.PathOf("pid")}; exec sleep 600");
        await worker.Gateway.Running(id);
        await Until.True(() => File.Exists(worker.PathOf("pid")), "it runs");
        worker.Gateway.Supersede(id);
        await Until.True(() => worker.Log.Contains($"attempt {id} lost", StringComparison.Ordinal), "it is ended");
        Assert.Empty(worker.Gateway.Attempt(id).Results);
        var next = worker.Gateway.Command("true");
        Assert.Equal("succeeded", (await worker.Gateway.Ended(next)).Results[0].Outcome);
    }

    [Fact]
    public async Task What_another_attempt_may_replace_ends_when_its_lease_ran_out_and_what_not_runs_on()
    {
        await using var worker = await WorkerHarness.Start(gateway => (gateway.Lease, gateway.HeartbeatEvery) = (2500, 300));
        var ends = worker.Gateway.Command("sleep 600", timeout: 60_000, endsWithLease: true);
        var goesOn = worker.Gateway.Command($"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.1; done; echo whole", timeout: 60_000);
        await worker.Gateway.Running(ends);
        await worker.Gateway.Running(goesOn);
        worker.Gateway.Fault = _ => CallFault.LoseRequest;
        await Until.True(() => worker.Log.Contains($"attempt {ends} lost", StringComparison.Ordinal), "the lease ran out");
        worker.Gateway.Fault = _ => CallFault.None;
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        var result = (await worker.Gateway.Ended(ends)).Results[0];
        Assert.Equal(("lost", "lease-ran-out"), (result.Outcome, result.Reason));
        Assert.Equal("whole\n", (await worker.Gateway.Ended(goesOn)).Text);
    }

    [Fact]
    public async Task What_a_heartbeat_says_nothing_of_is_neither_ended_by_it_nor_renewed()
    {
        // Long enough for a busy machine to renew in time what is to be renewed.
        await using var worker = await WorkerHarness.Start(gateway => (gateway.Lease, gateway.HeartbeatEvery) = (8000, 300));
        var loop = $"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.1; done; echo whole";
        var unrenewed = worker.Gateway.Command("sleep 600", timeout: 60_000, endsWithLease: true);
        var renewed = worker.Gateway.Command(loop, timeout: 60_000, endsWithLease: true);
        var free = worker.Gateway.Command(loop, timeout: 60_000);
        foreach (var id in new[] { unrenewed, renewed, free }) await worker.Gateway.Running(id);
        worker.Gateway.LeaveOut(unrenewed);
        worker.Gateway.LeaveOut(free);
        var result = (await worker.Gateway.Ended(unrenewed)).Results[0];
        Assert.Equal(("lost", "lease-ran-out"), (result.Outcome, result.Reason));
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        foreach (var id in new[] { renewed, free }) Assert.Equal("whole\n", (await worker.Gateway.Ended(id)).Text);
    }

    [Fact]
    public async Task Output_of_a_long_task_is_there_while_it_runs()
    {
        await using var worker = await WorkerHarness.Start();
        var id = worker.Gateway.Command($"echo early; while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done; echo late");
        await worker.Gateway.Until(g => g.Attempt(id).Text == "early\n", "the first line is there");
        Assert.Empty(worker.Gateway.Attempt(id).Results);
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal("early\nlate\n", (await worker.Gateway.Ended(id)).Text);
    }

    [Fact]
    public async Task Thirty_MiB_arrive_whole_and_in_order()
    {
        await using var worker = await WorkerHarness.Start();
        var id = worker.Gateway.Command("seq 1 4000000");
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(("succeeded", null, null), (attempt.Results[0].Outcome, attempt.Results[0].Reason, attempt.Results[0].Error));
        Assert.Equal(attempt.Results[0].StdoutBytes, attempt.Stdout.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(attempt.Stdout)), attempt.Results[0].StdoutSha256);
        Assert.EndsWith("\n4000000\n", attempt.Text, StringComparison.Ordinal);
    }

    /// <summary>The clock goes on as slowly as the real one: what is sent, and how a program ends, is on it too.</summary>
    private static Task Ticking(Func<bool> condition, FakeTimeProvider clock, string what) => Until.True(
        () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return condition();
        },
        what);
}
