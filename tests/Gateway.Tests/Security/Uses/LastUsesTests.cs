using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Security.Uses;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Tests.Security.Uses;

/// <summary>What a gateway remembers of the use of tokens, and when it tells the cluster.</summary>
public sealed class LastUsesTests
{
    private static readonly TimeSpan Hour = TokenUseTiming.StoredEvery;

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly LastUses uses;

    public LastUsesTests() => uses = new LastUses(clock);

    private DateTimeOffset Now => clock.GetUtcNow();

    [Fact]
    public void The_first_use_is_due_at_once_and_the_next_ones_an_hour_after_it_was_told()
    {
        uses.NoteUse(RecordOf("a"));
        Assert.Equal([("a", Now)], uses.GetDue());
        uses.NoteStored("a", Now, stored: Now);
        Assert.Empty(uses.GetDue());

        clock.Advance(Hour - TimeSpan.FromMinutes(1));
        uses.NoteUse(RecordOf("a"));
        var last = Now;
        Assert.Empty(uses.GetDue());
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([("a", last)], uses.GetDue());
        uses.NoteStored("a", last, stored: last);
        clock.Advance(10 * Hour);
        Assert.Empty(uses.GetDue());
    }

    [Fact]
    public void Where_another_gateway_was_first_a_later_use_is_told_once_more()
    {
        uses.NoteUse(RecordOf("a"));
        uses.NoteStored("a", Now, stored: Now - TimeSpan.FromMinutes(30));
        Assert.Empty(uses.GetDue());
        var used = Now;
        clock.Advance(Hour);
        Assert.Equal([("a", used)], uses.GetDue());
    }

    [Theory, InlineData(null), InlineData(-2), InlineData(3600)]
    public void What_an_older_silo_a_clock_that_is_behind_and_a_later_use_elsewhere_answer_is_enough(int? secondsLater)
    {
        uses.NoteUse(RecordOf("a"));
        uses.NoteStored("a", Now, secondsLater is { } seconds ? Now.AddSeconds(seconds) : null);
        clock.Advance(10 * Hour);
        Assert.Empty(uses.GetDue());
    }

    [Fact]
    public void Keys_of_workers_and_join_tokens_are_no_matter_of_its()
    {
        var key = new WorkerIdentity { Worker = "w", PublicKey = [], Kinds = [], ChallengeKey = [], Invite = "i", Server = "s" };
        uses.NoteUse(RecordOf("a") with { Identity = key });
        uses.NoteUse(RecordOf("b") with { Invite = new JoinInvite() });
        Assert.Empty(uses.GetDue());
    }

    [Fact]
    public void It_is_bounded_and_makes_room_of_what_was_told()
    {
        for (var i = 0; i <= LastUses.Capacity; i++) uses.NoteUse(RecordOf($"{i}"));
        Assert.Equal(LastUses.Capacity, uses.GetDue().Count());

        foreach (var (id, at) in uses.GetDue().ToArray()) uses.NoteStored(id, at, at);
        clock.Advance(Hour);
        uses.NoteUse(RecordOf("new"));
        Assert.Equal([("new", Now)], uses.GetDue());
        Assert.Null(uses.FindUse("0"));
    }

    [Fact]
    public void A_use_is_stored_once_an_hour_and_only_when_it_is_later()
    {
        bool Decide(int used, int? stored, int? storedAt) => TokenUseTiming.ShouldStore(
            Now.AddMinutes(used), stored is { } last ? Now.AddMinutes(last) : null, storedAt is { } at ? Now.AddMinutes(at) : null, Now);

        Assert.True(Decide(-90, null, null));
        Assert.True(Decide(0, -60, -60));
        Assert.True(Decide(-30, -90, -60));
        Assert.False(Decide(0, -70, -59));
        Assert.False(Decide(-70, -70, -60));
        Assert.False(Decide(-80, -70, -60));
        // A clock that was set back.
        Assert.True(Decide(0, 600, 600));
        Assert.False(Decide(0, 600, 30));
    }

    private static TokenRecord RecordOf(string id) => new() { TokenId = id, SecretHash = [], Role = "client" };
}
