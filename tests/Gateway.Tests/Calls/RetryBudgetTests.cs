using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Calls;

namespace OpenClaw.Gateway.Tests.Calls;

public sealed class RetryBudgetTests
{
    [Fact]
    public void It_ends_when_failures_in_a_row_have_lasted_for_the_budget()
    {
        var clock = new FakeTimeProvider();
        var (began, budget) = (clock.GetTimestamp(), new RetryBudget(clock));
        var tries = 0;
        while (budget.TryGetPause(out var pause))
        {
            tries++;
            clock.Advance(pause);
        }
        Assert.True(clock.GetElapsedTime(began) <= RetryBudget.MaxDuration);
        Assert.InRange(tries, 15, 60);
    }

    [Fact]
    public void A_success_makes_it_whole_again()
    {
        var clock = new FakeTimeProvider();
        var budget = new RetryBudget(clock);
        Assert.True(budget.TryGetPause(out _));
        clock.Advance(RetryBudget.MaxDuration);
        Assert.False(budget.TryGetPause(out _));
        budget.Reset();
        Assert.True(budget.TryGetPause(out _));
        Assert.Equal(1, budget.Failures);
    }
}
