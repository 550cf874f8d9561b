using Microsoft.Extensions.Time.Testing;
using OpenClaw.Worker.Attempts.Pipeline;

namespace OpenClaw.Worker.Tests.Attempts;

public sealed class StartConfirmationTests
{
    private readonly FakeTimeProvider clock = new();
    private int asked;

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(10, 0, true)]
    [InlineData(11, 0, false)]
    [InlineData(0, 3600, false)] // the machine slept, or its clock was set
    [InlineData(0, -3600, false)]
    public void It_counts_for_ten_seconds_of_either_clock(int steady, int wall, bool fresh)
    {
        var permission = Permission(true);
        permission.SetConfirmed(new ClockReading(clock.GetTimestamp(), clock.GetUtcNow() - TimeSpan.FromSeconds(wall)));
        clock.Advance(TimeSpan.FromSeconds(steady));
        Assert.Equal(fresh, permission.IsFresh);
    }

    [Fact]
    public async Task A_fresh_one_asks_nobody_and_an_old_one_asks()
    {
        var permission = Permission(true);
        permission.SetConfirmed(ClockReading.ReadNow(clock));
        Assert.True(await permission.EnsureFresh(default));
        Assert.Equal(0, asked);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.True(await permission.EnsureFresh(default));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task One_that_was_never_granted_asks_and_no_is_no() => Assert.False(await Permission(false).EnsureFresh(default));

    private StartConfirmation Permission(bool answer) => new(
        _ =>
        {
            asked++;
            return Task.FromResult(answer);
        },
        clock);
}
