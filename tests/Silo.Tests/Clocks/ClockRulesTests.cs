using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Silo.Tests.Clocks;

public sealed class ClockRulesTests
{
    public static TheoryData<double, int, bool> All()
    {
        var all = new TheoryData<double, int, bool>();
        foreach (var off in new[] { 0, 0.5, -0.5, 2, -2, 2.1, -2.1, 60, -60, 7200, -7200, 1e9, -1e9 })
        {
            foreach (var looks in new[] { 0, 1, 2, 3, 4, 100 })
            {
                all.Add(off, looks, true);
                all.Add(off, looks, false);
            }
        }
        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Two_seconds_are_agreement_and_nothing_is_done_before_the_third_look(double seconds, int looks, bool confirmedByOthers)
    {
        var expected = Math.Abs(seconds) <= 2 ? ClockVerdict.Agree
            : looks < 3 ? ClockVerdict.LookAgain
            : confirmedByOthers ? ClockVerdict.HandOver : ClockVerdict.Correct;

        Assert.Equal(expected, ClockRules.JudgeOffset(TimeSpan.FromSeconds(seconds), looks, confirmedByOthers));
    }

    [Theory]
    [InlineData(-7200, 2, false)]
    [InlineData(-7200, 3, true)]
    [InlineData(-7200, 30, true)]
    [InlineData(-2, 3, false)]
    [InlineData(0, 3, false)]
    [InlineData(7200, 3, false)]
    public void Only_who_is_alone_and_behind_may_catch_up(int ahead, int looksAlone, bool expected) =>
        Assert.Equal(expected, ClockRules.MayCatchUp(TimeSpan.FromSeconds(ahead), looksAlone));

    [Theory]
    [InlineData(300, 0, 300)]
    [InlineData(300, 100, 200)]
    [InlineData(-300, 100, -200)]
    [InlineData(80, 100, 0)]
    [InlineData(-80, 100, 0)]
    public void Of_a_distance_only_what_is_beyond_the_readings_error_counts(int off, int error, int known) => Assert.Equal(
        TimeSpan.FromMilliseconds(known), ClockRules.GetCertainPart(TimeSpan.FromMilliseconds(off), TimeSpan.FromMilliseconds(error)));
}
