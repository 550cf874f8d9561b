using System.Text.Json;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Cli;

namespace OpenClaw.Worker.Tests.Cli;

/// <summary>What the owner orders and looks up: pause, resume, history.</summary>
public sealed class OwnerVerbTests
{
    private readonly TypedTerminal terminal = new();

    [Fact]
    public async Task A_pause_takes_no_new_work_over_a_restart_lets_what_runs_go_on_and_resume_ends_it()
    {
        await using var worker = await WorkerHarness.Start();
        var running = worker.Gateway.Command($"while [ ! -e {worker.PathOf("go")} ]; do sleep 0.05; done");
        await worker.Gateway.Running(running);
        Assert.Equal(VerbExit.Done, await terminal.Type("pause", "--home", worker.Home));
        Assert.Contains("until resumed", terminal.Out, StringComparison.Ordinal);
        await worker.Gateway.Until(g => FreeSlots(g) == 0, "it asks for none");
        var waiting = worker.Gateway.Command("true");
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        Assert.Equal("succeeded", (await worker.Gateway.Ended(running)).Results[0].Outcome);
        await terminal.Type("status", "--home", worker.Home);
        Assert.Contains("paused: until resumed", terminal.Out, StringComparison.Ordinal);

        await worker.Stop();
        var polls = worker.Gateway.Count("poll");
        worker.Go();
        await worker.Gateway.Until(g => g.Count("poll") > polls, "it polls again");
        Assert.Equal(0, FreeSlots(worker.Gateway));
        Assert.False(worker.Gateway.Attempt(waiting).Started);

        Assert.Equal(VerbExit.Done, await terminal.Type("resume", "--home", worker.Home));
        Assert.Equal("succeeded", (await worker.Gateway.Ended(waiting)).Results[0].Outcome);
    }

    [Fact]
    public async Task A_yes_without_an_id_takes_the_only_one_that_waits_and_of_two_none()
    {
        await using var worker = await WorkerHarness.Prepare();
        Directory.CreateDirectory(worker.Home);
        await File.WriteAllTextAsync(Path.Combine(worker.Home, "policy.json"), """{"approval":[{"name":"all","kinds":["command"]}]}""");
        worker.Go();
        var first = worker.Gateway.Command("true");
        var second = worker.Gateway.Command("exit 0");
        await Waiting(worker, 2);

        Assert.Equal(VerbExit.Usage, await terminal.Type("approve", "--yes", "--home", worker.Home));
        Assert.Contains(first, terminal.Out, StringComparison.Ordinal);
        Assert.Contains(second, terminal.Out, StringComparison.Ordinal);
        Assert.Contains("which one?", terminal.Error, StringComparison.Ordinal);
        // The server was asked, and has said how long it waits.
        Assert.Contains(" left", terminal.Out, StringComparison.Ordinal);
        await Waiting(worker, 2);

        Assert.Equal(VerbExit.Done, await terminal.Type("approve", first, "--no", "--home", worker.Home));
        Assert.EndsWith($"{first} will not run\n", terminal.Out, StringComparison.Ordinal);
        await Waiting(worker, 1);
        Assert.Equal(VerbExit.Done, await terminal.Type("approve", "--yes", "--home", worker.Home));
        Assert.EndsWith(" may run\n", terminal.Out, StringComparison.Ordinal);
        Assert.Equal("succeeded", (await worker.Gateway.Ended(second)).Results[0].Outcome);
        Assert.False(worker.Gateway.Attempt(first).Started);
        await Waiting(worker, 0);
        Assert.Equal(VerbExit.No, await terminal.Type("approve", "--no", "--home", worker.Home));
        Assert.Contains("nothing waits", terminal.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_tells_what_ran_without_a_daemon_and_verifies_the_log()
    {
        string home;
        await using (var worker = await WorkerHarness.Start())
        {
            var id = worker.Gateway.Command("exit 3 # a-secret");
            await worker.Gateway.Ended(id);
            await terminal.Type("pause", "--for", "20m", "--home", worker.Home);
            home = worker.Home;
            await worker.Stop();

            Assert.Equal(VerbExit.Done, await terminal.Type("history", "--home", home));
            Assert.Contains($"{id} command", terminal.Out, StringComparison.Ordinal);
            Assert.Matches("end .* failed .*exit code 3", terminal.Out);
            Assert.Contains("pause", terminal.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("a-secret", terminal.Out, StringComparison.Ordinal);
            Assert.Equal(VerbExit.Done, await terminal.Type("history", "--last", "1", "--json", "--home", home));
            Assert.Equal("pause", JsonElement.Parse(terminal.Out.Trim()).GetProperty("what").GetString());
            Assert.Equal(VerbExit.Done, await terminal.Type("history", "--verify", "--home", home));

            var log = Directory.GetFiles(Path.Combine(home, "audit"), "*.jsonl").Single();
            await File.WriteAllTextAsync(log,
                (await File.ReadAllTextAsync(log)).Replace("\"exitCode\":3", "\"exitCode\":0", StringComparison.Ordinal));
            Assert.Equal(VerbExit.No, await terminal.Type("history", "--verify", "--home", home));
            Assert.Contains("NOT whole", terminal.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("pause", "--for", "soon")]
    [InlineData("pause", "--for", "0m")]
    [InlineData("approve", "--yes", "--no")]
    [InlineData("approve", "--for=1h")]
    [InlineData("approve", "x", "--for=1h")]
    [InlineData("approve", "x", "--yes", "--for=soon")]
    [InlineData("history", "--last", "0")]
    [InlineData("history", "--last", "many")]
    public async Task Wrong_usage_says_what_is_wrong(params string[] words)
    {
        Assert.Equal(VerbExit.Usage, await terminal.Type([.. words, "--home", "/nonexistent"]));
        Assert.NotEmpty(terminal.Error);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("approve")]
    public async Task Without_a_daemon_they_say_so(string verb) =>
        Assert.Equal(VerbExit.NoDaemon, await terminal.Type(verb, "--home", "/nonexistent"));

    [Theory]
    [InlineData("90s", 90L)]
    [InlineData("20m", 1200L)]
    [InlineData("2h", 7200L)]
    [InlineData("1d", 86400L)]
    [InlineData("2", null)]
    [InlineData("-2h", null)]
    [InlineData("h", null)]
    [InlineData("", null)]
    [InlineData("9999999999h", null)]
    public void A_time_is_typed_as_people_do(string text, long? seconds) => Assert.Equal(seconds, Duration.ParseSeconds(text));

    /// <summary>So many wait for the owner, as it sees them, and of each the server has said how long.</summary>
    private static async Task Waiting(WorkerHarness worker, int count)
    {
        var look = new TypedTerminal();
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, late.Token);
            await look.Type("approve", "--json", "--home", worker.Home);
        }
        while (look.Out.Count(letter => letter == '\n') != count || look.Out.Split("\"leftMs\":").Length != count + 1);
    }

    private static int FreeSlots(FakeGateway gateway) =>
        JsonElement.Parse(gateway.Calls.Last(call => call.Name == "poll").Body).GetProperty("freeSlots").GetInt32();
}
