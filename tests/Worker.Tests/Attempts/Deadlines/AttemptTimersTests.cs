using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Attempts.Deadlines;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Attempts.Deadlines;

/// <summary>The daemon's own timers of an attempt.</summary>
public sealed class AttemptTimersTests : IAsyncLifetime
{
    private const int Timeout = 8;
    private readonly FrozenClock clock = new();
    private readonly HeldAttempt held = new(new Offer
    {
        AttemptId = "a.1", TaskId = "a", Attempt = 1, Kind = "command", Payload = JsonElement.Parse("{}"), Timeout = Timeout * 1000,
        Silence = Timeout * 500, KillGrace = 1000,
    });

    private AttemptTimers timers = null!;

    public Task InitializeAsync()
    {
        timers = new AttemptTimers(held, null, () => 0, clock);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await timers.DisposeAsync();

    [Theory]
    [InlineData(Timeout - 1, "None")]
    [InlineData(Timeout, "Timeout")]
    public void What_hangs_before_it_begins_is_ended_by_its_timeout_and_is_not_silent(int seconds, string why)
    {
        Advance(seconds);
        Assert.Equal(why, held.Stop.Why.ToString());
    }

    /// <summary>The yes is old then, and is asked for again before anything starts.</summary>
    [Fact]
    public void A_daemon_that_was_frozen_before_it_began_ends_nothing()
    {
        clock.Freeze(TimeSpan.FromMinutes(10));
        Advance(Timeout - 1);
        Assert.Equal(StopReason.None, held.Stop.Why);
        Advance(2);
        Assert.Equal(StopReason.Timeout, held.Stop.Why);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void What_has_begun_is_late_whatever_the_daemon_did_meanwhile(bool program)
    {
        if (program)
            held.MarkSpawned();
        else
            timers.MarkWorkBegun();
        clock.Freeze(TimeSpan.FromMinutes(10));
        Advance(Timeout);
        Assert.NotEqual(StopReason.None, held.Stop.Why);
    }

    /// <summary>What came before, such as a slow file system, was no silence of the program's.</summary>
    [Fact]
    public void Silence_counts_from_the_beginning_of_the_work()
    {
        Advance(5);
        timers.MarkWorkBegun();
        Advance(2);
        Assert.Equal(StopReason.None, held.Stop.Why);
    }

    private void Advance(int seconds)
    {
        foreach (var _ in Enumerable.Range(1, seconds))
            clock.Advance(TimeSpan.FromSeconds(1));
    }
}
