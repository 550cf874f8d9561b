using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Waits;

namespace OpenClaw.Protocol.Tests.Waits;

/// <summary>A proxy's clock is learned, a server that dies is not taken for one.</summary>
public sealed class HoldLimitTests
{
    private static readonly TimeSpan Wanted = TimeSpan.FromSeconds(50);
    private readonly FakeTimeProvider clock = new();
    private readonly HoldLimit holds;

    public HoldLimitTests() => holds = new HoldLimit(clock);

    [Theory]
    [InlineData(2.5), InlineData(29), InlineData(30), InlineData(50), InlineData(60)]
    public void What_is_cut_twice_at_the_same_age_is_held_for_less_than_that(double seconds)
    {
        Assert.Equal(CutMeaning.AskAgain, Cut(seconds));
        Assert.Equal(Wanted, holds.ShortenWait(Wanted));
        Assert.Null(holds.CutAt);
        Assert.Equal(CutMeaning.Shortened, Cut(seconds + 0.4));
        Assert.InRange(holds.ShortenWait(Wanted).TotalSeconds, 0.7 * seconds, Math.Min(50, 0.95 * seconds));
        Assert.Equal(seconds + 0.4, holds.CutAt!.Value.TotalSeconds, 0.001);
        Assert.Equal(TimeSpan.FromSeconds(1), holds.ShortenWait(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Ages_that_differ_are_no_clock_and_three_in_a_row_are_a_failure()
    {
        Assert.Equal(CutMeaning.AskAgain, Cut(40));
        Assert.Equal(CutMeaning.AskAgain, Cut(11));
        Assert.Equal(CutMeaning.AskAgain, Cut(25));
        Assert.Equal(CutMeaning.Failure, Cut(45));
        Assert.Equal(Wanted, holds.ShortenWait(Wanted));
        Answer(50);
        Assert.Equal(CutMeaning.AskAgain, Cut(20));
    }

    [Fact]
    public void What_fails_at_once_is_a_failure_and_teaches_nothing()
    {
        for (var i = 0; i < 20; i++) Assert.Equal(CutMeaning.Failure, Cut(1.9));
        Assert.Equal(Wanted, holds.ShortenWait(Wanted));
    }

    [Fact]
    public void One_death_of_a_server_that_cuts_many_at_once_is_one_cut()
    {
        clock.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 10; i++) Assert.Equal(CutMeaning.AskAgain, holds.RecordCut(TimeSpan.FromSeconds(30)));
        Assert.Equal(Wanted, holds.ShortenWait(Wanted));
    }

    [Fact]
    public void An_answer_at_a_higher_age_proves_that_a_cut_was_no_clock()
    {
        Assert.Equal(CutMeaning.AskAgain, Cut(30));
        Answer(50);
        Assert.Equal(CutMeaning.AskAgain, Cut(30));
        Assert.Equal(Wanted, holds.ShortenWait(Wanted));
    }

    [Fact]
    public void A_shorter_clock_found_later_counts_as_well()
    {
        Cut(60);
        Cut(60);
        Assert.Equal(48, holds.ShortenWait(Wanted).TotalSeconds, 0.001);
        Assert.Equal(CutMeaning.AskAgain, Cut(30));
        Assert.Equal(CutMeaning.Shortened, Cut(30));
        Assert.Equal(24, holds.ShortenWait(Wanted).TotalSeconds, 0.001);
    }

    [Fact]
    public void After_some_hours_a_longer_one_is_tried_and_what_is_known_already_is_learned_without_a_word()
    {
        Cut(30);
        Cut(30);
        clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(24, holds.ShortenWait(Wanted).TotalSeconds, 0.001);
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Wanted, holds.ShortenWait(Wanted));
        Assert.Equal(CutMeaning.AskAgain, Cut(30));
        Assert.Equal(24, holds.ShortenWait(Wanted).TotalSeconds, 0.001);
        clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(Wanted, holds.ShortenWait(Wanted));
        Answer(50);
        Assert.Null(holds.CutAt);
        Assert.Equal(CutMeaning.AskAgain, Cut(30));
        Assert.Equal(Wanted, holds.ShortenWait(Wanted));
    }

    private CutMeaning Cut(double seconds)
    {
        clock.Advance(TimeSpan.FromSeconds(seconds));
        return holds.RecordCut(TimeSpan.FromSeconds(seconds));
    }

    private void Answer(double seconds)
    {
        clock.Advance(TimeSpan.FromSeconds(seconds));
        holds.RecordAnswer(TimeSpan.FromSeconds(seconds));
    }
}
