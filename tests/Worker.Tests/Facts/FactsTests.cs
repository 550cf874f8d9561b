using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Workers;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Facts;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Facts;

public sealed class FactsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-facts-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("git version 2.43.0\n", "2.43.0"), InlineData("v22.3.1", "22.3.1"), InlineData("Python 3.12.3", "3.12.3")]
    [InlineData("Docker version 27.1.1, build 6312585", "27.1.1"), InlineData("1.0.80 (Claude Code)", "1.0.80")]
    [InlineData("openjdk version \"21.0.4\" 2024-07-16", "21.0.4"), InlineData("go version go1.22 linux", null)]
    [InlineData("", null), InlineData("no numbers here", null), InlineData("\u001b[31m1.2\u001b[0m", null), InlineData("1", null)]
    public void The_version_in_what_a_tool_says(string text, string? version) => Assert.Equal(version, FactReader.ParseVersion(text));

    [Theory]
    [InlineData("Battery", "System", "87", "Discharging", 85, true), InlineData("Battery", "System", "100", "Full", 100, false)]
    [InlineData("Battery", "System", "7000", "Charging", 100, false)]
    [InlineData("Battery", "Device", "50", "Discharging", null, null), InlineData("Mains", "", "", "", null, null)]
    [InlineData("Battery", "System", "?", "", null, null)]
    public void The_battery_of_the_PC_and_not_of_its_mouse(
        string type, string scope, string capacity, string status, int? percent, bool? discharging)
    {
        var supply = folder.CreateSubdirectory("BAT0").FullName;
        foreach (var (name, text) in new[] { ("type", type), ("scope", scope), ("capacity", capacity), ("status", status) })
            File.WriteAllText(Path.Combine(supply, name), text + "\n");
        var read = PowerSupply.ReadBattery(folder.FullName);
        Assert.Equal((percent, discharging), (read?.Percent, read?.Discharging));
    }

    [Fact]
    public void Without_any_supply_there_is_no_battery() => Assert.Null(PowerSupply.ReadBattery("/nonexistent"));

    [Fact]
    public async Task This_PC_has_what_it_has_and_the_server_would_take_it()
    {
        var tool = Path.Combine(folder.FullName, "git");
        await File.WriteAllTextAsync(tool, "#!/bin/sh\necho git version 9.8.7\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var hangs = Path.Combine(folder.FullName, "node");
        await File.WriteAllTextAsync(hangs, "#!/bin/sh\nexit 1\n");
        File.SetUnixFileMode(hangs, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var environment = new Dictionary<string, string> { ["PATH"] = folder.FullName, ["HOME"] = folder.FullName };
        var user = new UserEnvironment(environment, new UserAccount("me", folder.FullName, "/bin/sh"), (
            _, start) => Task.FromResult<IReadOnlyDictionary<string, string>?>(start));
        var facts = await new FactReader(user, TimeProvider.System).ReadAll(CancellationToken.None);
        Assert.Equal(new Dictionary<string, string> { ["git"] = "9.8.7", ["node"] = "found" }, facts.Tools);
        Assert.Equal((Environment.ProcessorCount, 0), (facts.Cores, facts.DiskFree!.Value % (1L << 30)));
        Assert.True(facts.Memory > 0);
        Assert.NotNull(facts.System);
    }

    [Fact]
    public async Task A_tool_that_hangs_is_given_up_when_the_daemon_ends()
    {
        var (tool, begun) = (Path.Combine(folder.FullName, "git"), Path.Combine(folder.FullName, "begun"));
        await File.WriteAllTextAsync(tool, $"#!/bin/sh\n: > {begun}\nexec /bin/sleep 600\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var ending = new CancellationTokenSource();
        var asked = new ProgramProbe(TimeProvider.System).RunWithTimeout([tool], TimeSpan.FromMinutes(9), cancellation: ending.Token);
        await Until.True(() => File.Exists(begun), "it runs");
        await ending.CancelAsync();
        Assert.Null(await asked.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task They_are_told_after_the_session_is_open_and_again_only_when_they_changed()
    {
        await using var gateway = await FakeGateway.Start();
        var (clock, cores) = (new FakeTimeProvider(), 4);
        await using var loop = Loop(gateway, clock, () => new WorkerFacts { Cores = cores });
        await gateway.Until(g => g.Count("session") == 1, "a session");
        await Pass(clock, FactsLoop.First, () => loop.Reads >= 1);
        await gateway.Until(g => g.Facts?.Cores == 4, "they are told");
        var reads = loop.Reads;
        await Pass(clock, FactsLoop.Every, () => loop.Reads >= reads + 1);
        cores = 8;
        await Pass(clock, FactsLoop.Every, () => loop.Reads >= reads + 2);
        await gateway.Until(g => g.Facts?.Cores == 8, "the change is told");
        Assert.Equal(2, gateway.Count("facts"));
    }

    [Fact]
    public async Task The_owners_pause_is_told_when_it_begins_and_when_its_time_is_over_without_waiting_for_the_next_look()
    {
        await using var gateway = await FakeGateway.Start();
        var clock = new FakeTimeProvider();
        await using var loop = Loop(gateway, clock, () => new WorkerFacts { Cores = 4 });
        await gateway.Until(g => g.Count("session") == 1, "a session");
        await Pass(clock, FactsLoop.First, () => loop.Reads >= 1);
        await gateway.Until(g => g.Facts is { Cores: 4, Paused: null, PausedSince: null }, "not paused");
        loop.Pause.Pause(TimeSpan.FromMinutes(1));
        var since = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await gateway.Until(
            g => g.Facts is { Cores: 4, Paused: true } facts && facts.PausedSince == since && facts.PausedUntil == since + 60_000,
            "the pause, no time went by");
        var reads = loop.Reads;
        await Pass(clock, TimeSpan.FromMinutes(1), () => loop.Reads > reads);
        await gateway.Until(g => g.Facts is { Paused: null, PausedSince: null }, "it is over");
        Assert.Equal(3, gateway.Count("facts"));
    }

    [Fact]
    public async Task Quiet_hours_are_told_with_their_end_as_soon_as_the_policy_says_that_they_begin_or_end()
    {
        await using var gateway = await FakeGateway.Start();
        var clock = new FakeTimeProvider();
        await using var loop = Loop(gateway, clock, () => new WorkerFacts { Cores = 4 });
        await gateway.Until(g => g.Count("session") == 1, "a session");
        await Pass(clock, FactsLoop.First, () => loop.Reads >= 1);
        await gateway.Until(g => g.Facts is { Cores: 4, QuietUntil: null }, "not quiet");
        loop.QuietUntil = clock.GetUtcNow().AddHours(8);
        loop.Loop.LookNow();
        await gateway.Until(g => g.Facts?.QuietUntil == loop.QuietUntil.Value.ToUnixTimeMilliseconds(), "they are told, no time went by");
        loop.QuietUntil = null;
        loop.Loop.LookNow();
        await gateway.Until(g => g.Facts is { Cores: 4, QuietUntil: null }, "they are over");
    }

    [Fact]
    public async Task A_server_from_before_is_asked_once()
    {
        await using var gateway = await FakeGateway.Start();
        gateway.IsOfBefore = true;
        var clock = new FakeTimeProvider();
        await using var loop = Loop(gateway, clock, () => new WorkerFacts { Cores = Environment.TickCount });
        await gateway.Until(g => g.Count("session") == 1, "a session");
        await Pass(clock, FactsLoop.First, () => gateway.Count("facts") == 1);
        var rounds = 0;
        await Pass(clock, FactsLoop.Every, () => ++rounds > 20);
        Assert.Equal((1, 1), (gateway.Count("facts"), loop.Reads));
    }

    /// <summary>Time goes on until it is so: the loop may be about to wait only now.</summary>
    private static Task Pass(FakeTimeProvider clock, TimeSpan time, Func<bool> until) => Until.True(() =>
    {
        if (!until()) clock.Advance(time);
        return until();
    }, "the loop went on");

    private RunningLoop Loop(FakeGateway gateway, FakeTimeProvider clock, Func<WorkerFacts> read) =>
        new(gateway, clock, read, folder.FullName);

    private sealed class RunningLoop : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly ServerLink link;
        private readonly Task run;
        private int reads;

        public RunningLoop(FakeGateway gateway, FakeTimeProvider clock, Func<WorkerFacts> read, string home)
        {
            var options = new WorkerOptions { Url = gateway.Url, Token = FakeGateway.Token, Name = "pc", Home = home };
            // Calls take as long as they take: only the loop's own waiting is in the test's hand.
            link = new ServerLink(new GatewayRoute(gateway.Url), FakeGateway.Token, TimeProvider.System);
            var sessions = new SessionKeeper(
                link, options, SessionKeeper.DescribeWorker(options, "i", ["command"], "1"), new AttemptTable(() => 1), clock,
                new WorkerLog(TextWriter.Null, clock));
            Pause = new PauseOrder(Path.Combine(home, "pause"), clock);
            var loop = new FactsLoop(link, sessions, Pause, () => QuietUntil, Read, clock);
            Loop = loop;
            run = loop.RunUntilStopped(stop.Token);

            Task<WorkerFacts> Read(CancellationToken cancellation)
            {
                var facts = read();
                Interlocked.Increment(ref reads);
                return Task.FromResult(facts);
            }
        }

        public PauseOrder Pause { get; }

        public FactsLoop Loop { get; }

        public DateTimeOffset? QuietUntil { get; set; }

        public int Reads => Volatile.Read(ref reads);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            link.Dispose();
            stop.Dispose();
        }
    }
}
