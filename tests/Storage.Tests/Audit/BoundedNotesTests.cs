using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Storage.Audit;

namespace OpenClaw.Storage.Tests.Audit;

/// <summary>Who can make the server note something can't fill its disk with it.</summary>
public sealed class BoundedNotesTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly NoteLimits Limits = new() { Senders = 50, AllStrangers = 100 };
    private readonly FakeTimeProvider clock = new(Sample.Noon);
    private readonly List<AuditNote> written = [];
    private readonly BoundedNotes notes;

    public BoundedNotesTests() => notes = new BoundedNotes(Limits, clock, written.Add);

    public void Dispose() => notes.Dispose();

    [Fact]
    public void Of_thousands_from_one_address_a_few_are_rows_and_the_rest_is_a_number()
    {
        for (var i = 0; i < 5_000; i++) Refused("192.0.2.1");
        Assert.Equal(Limits.PerStranger, written.Count);

        clock.Advance(Minute);
        Assert.Equal(Limits.PerStranger + 1, written.Count);
        Assert.Equal(
            ("token-in-query", AuditNote.Stranger, "192.0.2.1", "4995 more within a minute"),
            (written[^1].What, written[^1].TokenId, written[^1].Address, written[^1].Detail));
        Assert.Equal(Sample.Noon + Minute, written[^1].At);
    }

    [Fact]
    public void Each_minute_begins_anew_and_one_without_a_note_writes_nothing()
    {
        for (var i = 0; i < 7; i++) Refused("192.0.2.1");
        clock.Advance(Minute);
        Refused("192.0.2.1");
        Assert.Equal(Limits.PerStranger + 2, written.Count);

        clock.Advance(10 * Minute);
        Assert.Equal(Limits.PerStranger + 2, written.Count);
        for (var i = 0; i < 7; i++) Refused("192.0.2.1");
        clock.Advance(Minute);
        Assert.Equal("2 more within a minute", written[^1].Detail);
    }

    [Theory]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void An_IPv6_address_counts_by_its_64(string one, string other, bool isOneSender)
    {
        for (var i = 0; i < 10; i++) Refused(i % 2 == 0 ? one : other);
        Assert.Equal(isOneSender ? Limits.PerStranger : 2 * Limits.PerStranger, written.Count);
    }

    [Fact]
    public void Addresses_kinds_and_tokens_do_not_pay_for_each_other()
    {
        for (var i = 0; i < 100; i++) Refused("192.0.2.1");
        var before = written.Count;
        Refused("192.0.2.2");
        Refused("192.0.2.1", what: "another");
        Stale("token-1");
        Assert.Equal(before + 3, written.Count);
    }

    [Fact]
    public void An_attack_from_everywhere_costs_bounded_memory_and_rows()
    {
        for (var i = 0; i < 5_000; i++) Refused($"10.{i / 250}.{i % 250}.1");
        Assert.InRange(notes.Senders, 1, Limits.Senders + 1);
        Assert.InRange(written.Count, 1, Limits.AllStrangers);

        var before = written.Count;
        clock.Advance(Minute);
        Assert.InRange(written.Count - before, 1, 21);
        var counted = written.Skip(before).Sum(note => long.Parse(note.Detail!.Split(' ')[0], null));
        Assert.Equal(5_000, before + counted);
        Assert.Equal(0, notes.Senders);
    }

    [Fact]
    public void Strangers_leave_room_for_what_good_tokens_make_noted()
    {
        for (var i = 0; i < 5_000; i++) Refused($"10.{i / 250}.{i % 250}.1");
        var before = written.Count;
        for (var i = 0; i < 500; i++) Stale("token-1");
        Assert.Equal(before + Limits.PerToken, written.Count);
    }

    [Fact]
    public void What_a_sender_wrote_is_cut()
    {
        notes.WriteOrCount(new(Sample.Noon, "token-in-query", AuditNote.Stranger, new string('a', 9_000), null, new string('b', 9_000)));
        Assert.InRange(written[0].Address!.Length, 1, 210);
        Assert.InRange(written[0].Detail!.Length, 1, 210);
    }

    private void Refused(string address, string what = "token-in-query") =>
        notes.WriteOrCount(new(Sample.Noon, what, AuditNote.Stranger, address, null, "/tasks"));

    private void Stale(string token) =>
        notes.WriteOrCount(new(Sample.Noon, "stale-attempt", token, "192.0.2.1", Guid.NewGuid(), "attempt 1"));
}
