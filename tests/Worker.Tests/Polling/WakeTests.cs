using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Polling;

/// <summary>A laptop sleeps for hours and wakes.</summary>
public sealed class WakeTests
{
    private static readonly TimeSpan Night = TimeSpan.FromHours(8);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    [Fact]
    public void A_sleep_is_seen_by_the_clocks_that_part_and_a_second_look_sees_none()
    {
        var clock = new SleepingClock();
        var watch = new WakeWatch(clock);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(watch.FindClockGap());
        clock.Sleep(Night);
        Assert.Equal(Night, watch.FindClockGap());
        Assert.Null(watch.FindClockGap());
    }

    [Fact]
    public async Task On_wake_the_heartbeat_goes_first_and_no_poll_before_it_is_answered()
    {
        var clock = new SleepingClock();
        // Its clock goes on while it is waited for: nothing but the sleep makes a heartbeat due, or ends a poll.
        await using var worker = await WorkerHarness.Prepare(g =>
        {
            (g.HeartbeatEvery, g.PollWait) = (36_000_000, 36_000_000);
            g.Fault = call => call is { Name: "heartbeat", Number: 2 } ? CallFault.Hang : CallFault.None;
        });
        worker.Options = worker.Options with { PollWait = TimeSpan.FromHours(10) };
        worker.Clock = clock;
        worker.Go();
        await worker.Gateway.Until(g => g.Count("poll") == 1 && g.Count("heartbeat") == 1, "it works");
        await worker.WaitForHeartbeat();
        clock.Sleep(Night);
        await Until.True(() => Woken(worker, clock), "it noticed");
        await worker.Gateway.Until(g => g.Count("heartbeat") == 2, "a heartbeat at once");
        Assert.Equal(1, worker.Gateway.Count("poll"));
        worker.Gateway.Release();
        await worker.Gateway.Until(g => g.Count("poll") == 2, "and then a poll");
        var calls = worker.Gateway.Calls.Select(call => call.Name).ToList();
        Assert.True(calls.LastIndexOf("heartbeat") < calls.LastIndexOf("poll"));
        await Stop(worker, clock);
    }

    [Fact]
    public async Task An_offer_whose_start_was_answered_before_the_sleep_is_asked_for_again_and_dropped_when_the_server_has_gone_on()
    {
        var clock = new SleepingClock();
        await using var worker = await WorkerHarness.Prepare();
        worker.Clock = clock;
        var id = worker.Gateway.Command($"echo ran > {worker.PathOf("witness")}");
        worker.Gateway.Fault = call =>
        {
            if (call is { Name: "start", Number: 1 })
                clock.Sleep(Night);
            else if (call is { Name: "start", Number: 2 })
                worker.Gateway.Supersede(id);
            return CallFault.None;
        };
        worker.Go();
        // Its clock stands: no question is given up for its age, and asked once more.
        await Until.True(() => worker.Log.Contains($"{id} not started", StringComparison.Ordinal), "it is dropped");
        Assert.Equal(2, worker.Gateway.Count("start"));
        Assert.False(File.Exists(worker.PathOf("witness")));
        Assert.Empty(worker.Gateway.Attempt(id).Results);
        await Stop(worker, clock);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_yes_from_before_a_sleep_starts_nothing_though_it_was_heard_before_it(bool goneOn)
    {
        var clock = new SleepingClock();
        await using var worker = await WorkerHarness.Prepare();
        worker.Clock = clock;
        Directory.CreateDirectory(worker.Home);
        var hook = $"touch {worker.PathOf("asked")}; while [ ! -e {worker.PathOf("go")} ]; do sleep 0.02; done";
        await File.WriteAllTextAsync(
            Path.Combine(worker.Home, "policy.json"),
            JsonSerializer.Serialize(new { hooks = new { before = new { argv = (string[])["/bin/sh", "-c", hook], timeout = 300_000 } } }));
        var id = worker.Gateway.Command($"echo ran > {worker.PathOf("witness")}");
        worker.Go();
        // Its clock stands: a yes gets no older while a program is started.
        await Until.True(() => File.Exists(worker.PathOf("asked")), "the server has said yes, and the owner's hook runs");
        clock.Sleep(Night);
        if (goneOn) worker.Gateway.Supersede(id);
        await File.WriteAllTextAsync(worker.PathOf("go"), "");
        if (goneOn)
            await Until.True(() => worker.Log.Contains($"{id} not started", StringComparison.Ordinal), "it is dropped");
        else
            await worker.Gateway.Ended(id);
        await Stop(worker, clock);
        Assert.Equal(!goneOn, File.Exists(worker.PathOf("witness")));
        Assert.True(goneOn || worker.Gateway.Count("start") == 2, "the start was asked for again");
    }

    /// <summary>What it waits for while it stops is on its clock too.</summary>
    private static async Task Stop(WorkerHarness worker, SleepingClock clock)
    {
        var stopped = worker.Stop();
        await Until.True(
            () =>
            {
                clock.Advance(Tick);
                return stopped.IsCompleted;
            },
            "it has stopped");
        await stopped;
    }

    private static bool Woken(WorkerHarness worker, SleepingClock clock)
    {
        clock.Advance(Tick);
        return worker.Log.Contains("heartbeat first", StringComparison.Ordinal);
    }

    /// <summary>While the machine sleeps the wall clock goes on and the monotonic one does not.</summary>
    private sealed class SleepingClock : TimeProvider
    {
        private readonly FakeTimeProvider awake = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        private long slept;

        public override long TimestampFrequency => awake.TimestampFrequency;

        public void Sleep(TimeSpan time) => Interlocked.Add(ref slept, time.Ticks);

        public void Advance(TimeSpan time) => awake.Advance(time);

        public override DateTimeOffset GetUtcNow() => awake.GetUtcNow() + new TimeSpan(Interlocked.Read(ref slept));

        public override long GetTimestamp() => awake.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            awake.CreateTimer(callback, state, dueTime, period);
    }
}
