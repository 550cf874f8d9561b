using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Tests.Approvals;

/// <summary>What the owner ordered for a while: a yes to a rule, a pause.</summary>
public sealed class TemporaryApprovalsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-approvals-");
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private string File => Path.Combine(folder.FullName, "file");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_yes_for_a_while_counts_for_its_rule_and_kind_until_its_time_and_outlives_the_daemon()
    {
        new TemporaryApprovals(File, clock).Add("commands.ask[0]", "command", TimeSpan.FromMinutes(20));
        var rules = new TemporaryApprovals(File, clock);

        Assert.NotNull(rules.FindActive("commands.ask[0]", "command"));
        Assert.Null(rules.FindActive("commands.ask[1]", "command"));
        Assert.Null(rules.FindActive("commands.ask[0]", "claude-cli"));
        clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Null(rules.FindActive("commands.ask[0]", "command"));
        Assert.Empty(rules.GetActive());
    }

    [Fact]
    public void No_yes_stands_longer_than_an_hour_whatever_the_file_says()
    {
        var rules = new TemporaryApprovals(File, clock);
        Assert.Equal(clock.GetUtcNow().AddHours(1), rules.Add("r", "command", TimeSpan.FromDays(3)).Until);
        System.IO.File.WriteAllText(File, """[{"Rule":"r","Kind":"command","Until":"2031-01-01T00:00:00+00:00"}]""");
        Assert.Null(new TemporaryApprovals(File, clock).FindActive("r", "command"));
        System.IO.File.WriteAllText(File, "nonsense");
        Assert.Empty(new TemporaryApprovals(File, clock).GetActive());
    }

    [Fact]
    public void A_yes_can_be_taken_back()
    {
        var rules = new TemporaryApprovals(File, clock);
        rules.Add("a", "command", TimeSpan.FromMinutes(20));
        rules.Add("b", "command", TimeSpan.FromMinutes(20));
        Assert.Equal((1, 0), (rules.Revoke("a"), rules.Revoke("a")));
        Assert.Null(rules.FindActive("a", "command"));
        Assert.Equal(1, new TemporaryApprovals(File, clock).Revoke(null));
        Assert.Empty(new TemporaryApprovals(File, clock).GetActive());
    }

    [Fact]
    public void A_pause_outlives_the_daemon_and_ends_by_its_clock_or_by_resume()
    {
        var order = new PauseOrder(File, clock);
        Assert.Null(order.Left);
        order.Pause(TimeSpan.FromHours(2));
        clock.Advance(TimeSpan.FromHours(1));
        var again = new PauseOrder(File, clock);
        Assert.Equal((TimeSpan.FromHours(1), "until 2026-03-01 14:00:00Z"), (again.Left, again.Sentence));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(again.Left);
        again.Pause(null);
        clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal("until resumed", new PauseOrder(File, clock).Sentence);
        Assert.True(again.Resume());
        Assert.False(again.Resume());
        Assert.Null(new PauseOrder(File, clock).Left);
    }

    [Fact]
    public void A_pause_whose_file_says_nonsense_is_one_without_an_end()
    {
        System.IO.File.WriteAllText(File, "nonsense");
        Assert.Equal(TimeSpan.MaxValue, new PauseOrder(File, clock).Left);
    }

    [Fact]
    public async Task What_waits_for_its_owner_takes_no_slot_is_offered_to_nobody_twice_and_needs_one_to_go_on()
    {
        var table = new AttemptTable(() => 1);
        var first = WorkDigestTests.Offer("{}");
        Assert.NotNull(table.TryAdd(first));
        table.Park(first);
        Assert.Equal((1, 0), (table.Free, table.Active.Length));
        Assert.Equal(["t.1"], table.HeldIds);
        Assert.Null(table.TryAdd(first));
        var other = first with { AttemptId = "u.1" };
        Assert.NotNull(table.TryAdd(other));
        var back = table.UnparkWhenFree("t.1", default);
        Assert.False(back.IsCompleted);
        table.Remove("u.1");
        Assert.True(await back);
        Assert.Equal("t.1", Assert.Single(table.Active).Offer.AttemptId);
    }

    [Fact]
    public async Task A_daemon_that_takes_no_more_work_begins_nothing_that_waited()
    {
        var table = new AttemptTable(() => 1);
        table.Park(WorkDigestTests.Offer("{}"));
        table.StopAccepting();
        Assert.False(await table.UnparkWhenFree("t.1", default));
    }
}
