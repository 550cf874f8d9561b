using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

public sealed class TaskOptionsTests
{
    [Fact]
    public void The_defaults_hold() => Assert.Empty(new TaskOptions().Validate());

    [Fact]
    public void Every_error_is_told_at_once()
    {
        var errors = new TaskOptions
        {
            Lease = TimeSpan.FromSeconds(44), LostAfter = TimeSpan.Zero, OfferLife = TimeSpan.FromSeconds(-1),
            LongestBackOff = TimeSpan.FromMilliseconds(1), ReminderAfter = TimeSpan.FromSeconds(1),
        }.Validate();
        Assert.Equal(5, errors.Count);
        foreach (var name in new[] { "Lease must be at least", "LostAfter", "OfferLife", "LongestBackOff", "ReminderAfter" })
            Assert.Contains(errors, error => error.Contains(name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(1000, 60)]
    public void The_pause_doubles_up_to_a_minute(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPolicy.GetPause(failures, new TaskOptions()));

    [Fact]
    public void A_short_task_has_no_timer_and_a_long_one_is_looked_at_when_its_reminder_is_due()
    {
        var options = new TaskOptions();
        var shortTask = Situations.Running(Situations.Spec);
        Assert.Null(TaskObligations.GetTimerAt(shortTask, Situations.T0, options));
        Assert.Null(TaskObligations.GetTimerAt(Situations.Queued(Situations.Spec), Situations.T0, options));
        var longTask = Situations.Running(Situations.Spec with { Timeout = TimeSpan.FromHours(1) });
        Assert.Equal(longTask.StartedAt + options.ReminderAfter,
            TaskObligations.GetTimerAt(longTask, Situations.T0.AddSeconds(1), options));
        Assert.True(TaskObligations.NeedsReminder(longTask, Situations.T0.AddSeconds(61), options));
        Assert.False(TaskObligations.NeedsReminder(longTask, Situations.T0.AddSeconds(60), options));
    }
}
