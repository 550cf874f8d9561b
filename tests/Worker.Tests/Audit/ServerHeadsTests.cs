using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Audit;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Tests.Cli;

namespace OpenClaw.Worker.Tests.Audit;

/// <summary>The PC keeps where the chains of the server's audit ended, and notices when one has become shorter.</summary>
public sealed class ServerHeadsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder home = new();
    private readonly StringWriter output = new();
    private readonly FakeTimeProvider clock = new(Start);

    private string Folder => home.File("audit");

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task What_has_grown_becomes_a_row_and_nothing_else_does()
    {
        using var log = Open();
        var heads = new ServerHeads(log, clock, new WorkerLog(output, clock));
        Assert.True(heads.IsDue);
        await heads.RecordHeads("srv", [Head("a", 3), Head("b", 1)]);
        Assert.False(heads.IsDue);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(heads.IsDue);
        await heads.RecordHeads("srv", [Head("a", 3), Head("b", 2)]);
        await heads.RecordHeads("srv", [Head("a", 3), Head("b", 2)]);
        await heads.RecordHeads("srv", []);
        var rows = AuditReader.ReadServerRows(Folder).ToArray();
        Assert.Equal([2, 1], rows.Select(row => row.Heads!.Length));
        Assert.Equal(Head("b", 2), rows[1].Heads![0]);
        Assert.All(rows, row => Assert.Null(row.Level));
        Assert.Null(AuditReader.Verify(Folder).Error);
        Assert.Empty(AuditReader.ReadLast(Folder, 20));
        Assert.Equal("", output.ToString());
    }

    [Theory]
    [InlineData(4, 'x', true)]
    [InlineData(5, 'y', true)]
    [InlineData(5, 'x', false)]
    [InlineData(6, 'y', false)]
    public async Task A_chain_that_ends_sooner_or_elsewhere_than_before_is_told_aloud_also_by_the_next_daemon(
        long link, char hash, bool expected)
    {
        using (var log = Open())
            await new ServerHeads(log, clock, new WorkerLog(output, clock)).RecordHeads("srv", [Head("a", 5, 'x')]);
        using var next = Open();
        var heads = new ServerHeads(next, clock, new WorkerLog(output, clock));
        await heads.RecordHeads("other", [Head("a", 1, 'z')]);
        Assert.Equal("", output.ToString());
        await heads.RecordHeads("srv", [Head("a", link, hash)]);
        Assert.Equal(expected, output.ToString().Contains("THE SERVER'S AUDIT WAS CUT OFF OR REWRITTEN", StringComparison.Ordinal));
        Assert.Equal(expected ? 1 : 0, AuditReader.ReadLast(Folder, 20).Count(row => row is { Outcome: "behind", Level: "high" }));
    }

    /// <summary>Of two gateways one says what it read before the other; a daemon that restarts may ask the one after the other.</summary>
    [Fact]
    public async Task What_a_new_daemon_is_told_first_is_not_held_against_the_server()
    {
        using (var log = Open())
            await new ServerHeads(log, clock, new WorkerLog(output, clock)).RecordHeads("srv", [Head("a", 5)]);
        using var next = Open();
        var heads = new ServerHeads(next, clock, new WorkerLog(output, clock));
        await heads.RecordHeads("srv", [Head("a", 4)]);
        await heads.RecordHeads("srv", [Head("a", 6)]);
        Assert.Equal("", output.ToString());
        await heads.RecordHeads("srv", [Head("a", 4)]);
        Assert.Contains("THE SERVER'S AUDIT WAS CUT OFF OR REWRITTEN", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_head_is_not_kept()
    {
        using var log = Open();
        var heads = new ServerHeads(log, clock, new WorkerLog(output, clock));
        await heads.RecordHeads("srv", [Head("a", 0), Head("", 1), Head("a b", 1), Head(new string('a', 65), 1), new("a", 1, "zz"), null!]);
        await heads.RecordHeads(new string('s', 65), [Head("a", 1)]);
        Assert.Empty(AuditReader.ReadServerRows(Folder));
        await heads.RecordHeads("srv", [.. Enumerable.Range(1, 99).Select(i => Head($"c{i}", i))]);
        Assert.Equal(ServerHeads.MostHeads, Assert.Single(AuditReader.ReadServerRows(Folder)).Heads!.Length);
    }

    [Fact]
    public void Of_what_is_old_one_an_hour_is_written_and_the_newest_of_each_chain_always()
    {
        var told = Enumerable.Range(0, 600).Select(i => new WitnessedHead("s", "a", i + 1, "h", Start.AddMinutes(i))).ToList();
        Assert.Equal(600, AuditVerb.ThinOut(told, Start.AddHours(10)).Count());
        var thin = AuditVerb.ThinOut(told, Start.AddDays(9)).ToArray();
        Assert.Equal((11, 600), (thin.Length, thin[^1].Link));
    }

    [Fact]
    public async Task A_daemon_keeps_what_it_is_told_and_writes_it_for_whoever_verifies()
    {
        await using var worker = await WorkerHarness.Start(g => (g.HeartbeatEvery, g.ChainHeads) = (100, [Head("silo-1", 8, 'c')]));
        await worker.Gateway.Until(
            _ => AuditReader.ReadServerRows(Path.Combine(worker.Home, "audit")).Any(), "it has written what it was told");
        await worker.Stop();
        Assert.Equal(1, worker.Gateway.ChainHeadsAsked);

        var terminal = new TypedTerminal();
        Assert.Equal(0, await terminal.Type("audit", "heads", "--home", worker.Home));
        var (statement, key, error) = SignedWitness.Parse(terminal.Out);
        Assert.Null(error);
        Assert.Null(key);
        var head = Assert.Single(statement!.Heads);
        Assert.Equal(("silo-1", 8L, new string('c', 64)), (head.Chain, head.Link, head.Hash));
        Assert.Contains("1 chain, last heard of at", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(1, await terminal.Type("audit", "heads", "--server", "none", "--home", worker.Home));
        Assert.Equal(1, await terminal.Type("audit", "tails", "--home", worker.Home));
    }

    [Fact]
    public async Task A_server_of_before_is_not_asked()
    {
        await using var worker = await WorkerHarness.Start(g => (g.HeartbeatEvery, g.IsOfBefore) = (100, true));
        await worker.Gateway.Ended(worker.Gateway.Command("true"));
        await worker.Stop();
        Assert.Equal(0, worker.Gateway.ChainHeadsAsked);
    }

    private static AuditChainHead Head(string chain, long link, char hash = 'a') =>
        new(chain, link, new string(hash is >= 'a' and <= 'f' ? hash : (char)('0' + (hash % 10)), 64));

    private AuditLog Open() => new(Folder, clock, new WorkerLog(output, clock));
}
