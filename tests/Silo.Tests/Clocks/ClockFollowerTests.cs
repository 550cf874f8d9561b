using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Silo.Tests.Clocks;

/// <summary>
/// Processes of one reference, without waiting: the test moves real time, and sets the clock that the reference is measured by.
/// </summary>
public sealed class ClockFollowerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeReference reference;
    private TimeSpan real;
    private TimeSpan step;

    public ClockFollowerTests() => reference = new FakeReference(() => Noon + real + step) { Wait = time => real += time };

    [Theory]
    [InlineData(1, 7200)]
    [InlineData(1, -7200)]
    [InlineData(3, 60)]
    [InlineData(3, -60)]
    public async Task When_the_reference_is_set_everybody_goes_on_and_it_is_corrected(int count, int seconds)
    {
        var processes = await Settled(count);
        step = TimeSpan.FromSeconds(seconds);
        await Look(processes, times: 6);

        Assert.All(processes, process => Assert.Null(process.Follower.HandedOver));
        Assert.All(processes, process => Assert.InRange((process.Clock.GetUtcNow() - Noon - real).TotalSeconds, -0.2, 0.2));
        Assert.Equal(-seconds, reference.Ahead.TotalSeconds, 0.2);
        Assert.InRange((await Process(Noon + real + step + reference.Ahead)).Clock.GetUtcNow() - Noon - real, -Second, Second);
    }

    [Theory]
    [InlineData(60, ClockVote.Counts)]
    [InlineData(-60, ClockVote.Counts)]
    [InlineData(7200, ClockVote.None)]
    public async Task Of_several_the_one_that_is_off_hands_over_and_says_so(int seconds, ClockVote vote)
    {
        var others = await Settled(2);
        var off = await Process(Noon + real + TimeSpan.FromSeconds(seconds), vote);
        await Look([.. others, off], times: 4);

        Assert.Contains(seconds > 0 ? "ahead of" : "behind", off.Follower.HandedOver, StringComparison.Ordinal);
        Assert.True(off.Lifetime.Stopping);
        Assert.All(others, other => Assert.Null(other.Follower.HandedOver));
        Assert.Equal(0, reference.Ahead.TotalSeconds, 0.2);
    }

    [Fact]
    public async Task Who_follows_only_never_corrects()
    {
        var gateway = await Process(Noon, ClockVote.None);
        step = TimeSpan.FromMinutes(5);
        await Look([gateway], times: 10);

        Assert.Equal((TimeSpan.Zero, 0L), (reference.Ahead, reference.Confirmations));
        Assert.Null(gateway.Follower.HandedOver);
    }

    [Fact]
    public async Task Who_follows_only_follows_forward_at_once()
    {
        var (silo, gateway) = ((await Settled(1))[0], await Process(Noon + real - TimeSpan.FromHours(2), ClockVote.None));
        await Look([silo, gateway], times: 4);

        Assert.Null(gateway.Follower.HandedOver);
        Assert.InRange(gateway.Clock.GetUtcNow() - silo.Clock.GetUtcNow(), -Second, Second);
    }

    [Fact]
    public async Task Alone_it_takes_a_step_forward_over_once_no_task_waits_or_runs()
    {
        var (process, hours) = ((await Settled(1))[0], TimeSpan.FromHours(2));
        step = hours;
        await Look([process], times: 6);
        Assert.InRange(process.Clock.GetUtcNow() - Noon - real, -Second, Second);

        reference.Idle = true;
        await Look([process], times: 4);

        Assert.InRange(process.Clock.GetUtcNow() - Noon - real, hours - Second, hours + Second);
        Assert.Equal(0, reference.Ahead.TotalSeconds, 0.2);
    }

    [Fact]
    public async Task Beside_others_it_does_not_though_none_waits_or_runs()
    {
        var processes = await Settled(2);
        (step, reference.Idle) = (TimeSpan.FromHours(2), true);
        await Look(processes, times: 10);

        Assert.All(processes, process => Assert.InRange(process.Clock.GetUtcNow() - Noon - real, -Second, Second));
    }

    [Fact]
    public async Task A_reading_that_took_long_says_nothing()
    {
        var process = (await Settled(1))[0];
        (step, reference.Delay) = (TimeSpan.FromHours(2), TimeSpan.FromSeconds(1.5));
        await Look([process], times: 10);

        Assert.Equal(TimeSpan.Zero, reference.Ahead);
    }

    private static TimeSpan Second => TimeSpan.FromSeconds(1);

    private async Task<Running[]> Settled(int count)
    {
        var processes = new Running[count];
        for (var i = 0; i < count; i++) processes[i] = await Process(Noon + real);
        await Look(processes, times: 2);
        return processes;
    }

    private async Task Look(Running[] processes, int times)
    {
        for (var time = 0; time < times; time++)
        {
            real += TimeSpan.FromSeconds(10);
            foreach (var process in processes) await process.Follower.CompareWithReference(CancellationToken.None);
        }
    }

    private ValueTask<Running> Process(DateTimeOffset now, ClockVote vote = ClockVote.Counts)
    {
        var (clock, lifetime) = (new AnchoredClock(TimeProvider.System, now, () => real), new Lifetime());
        return new(new Running(clock, lifetime, new(clock, reference, vote, lifetime, NullLogger<ClockFollower>.Instance)));
    }

    private sealed record Running(AnchoredClock Clock, Lifetime Lifetime, ClockFollower Follower);

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public bool Stopping { get; private set; }
        public CancellationToken ApplicationStarted => default;
        public CancellationToken ApplicationStopping => default;
        public CancellationToken ApplicationStopped => default;
        public void StopApplication() => Stopping = true;
    }
}
