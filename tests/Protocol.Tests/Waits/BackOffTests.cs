using OpenClaw.Protocol.Waits;

namespace OpenClaw.Protocol.Tests.Waits;

public sealed class BackOffTests
{
    private static readonly BackOff Short = new(First: TimeSpan.FromMilliseconds(50), Longest: TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 100)]
    [InlineData(5, 800)]
    [InlineData(6, 1000)]
    [InlineData(int.MaxValue, 1000)]
    public void The_limit_doubles_with_each_failure_up_to_the_longest(int failures, double ms) =>
        Assert.Equal(TimeSpan.FromMilliseconds(ms), Short.GetLimit(failures));

    [Theory]
    [InlineData(1, 0, 25)]
    [InlineData(1, 1, 50)]
    [InlineData(3, 0.5, 112.5)]
    [InlineData(1000, 0, 25)]
    [InlineData(1000, 1, 1000)]
    public void A_pause_lies_between_half_of_the_first_limit_and_the_limit(int failures, double chance, double ms) =>
        Assert.Equal(TimeSpan.FromMilliseconds(ms), Short.GetPause(failures, chance));

    [Fact]
    public void A_longest_pause_below_the_first_one_is_kept()
    {
        var backOff = new BackOff(First: TimeSpan.FromSeconds(60), Longest: TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), backOff.GetLimit(1));
        Assert.Equal(TimeSpan.FromSeconds(5), backOff.GetPause(1, 0));
    }
}
