using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Tests.Transport;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Output;

/// <summary>Where something on the way takes no large bodies, output goes in smaller ones, and none of it is lost.</summary>
public sealed class BodyLimitTests
{
    private static readonly FalseAnswer TooLarge = new(413, "text/html", "<html><center>413 Request Entity Too Large</center></html>");
    private static readonly FalseAnswer TooLargeOfOurs = new(
        413, "application/problem+json", """{"type":"urn:openclaw:too-large","title":"t","status":413,"error":"e"}""");

    [Fact]
    public void Each_413_halves_it_down_to_a_floor_and_after_some_minutes_more_is_tried()
    {
        var clock = new FakeTimeProvider();
        var limit = new BodyLimit(clock);
        Assert.Equal(int.MaxValue, limit.Bytes);
        limit.Halve(1_000_000);
        Assert.Equal(500_000, limit.Bytes);
        // One that was on its way with the first.
        limit.Halve(1_000_000);
        Assert.Equal(500_000, limit.Bytes);
        limit.Halve(500_000);
        Assert.Equal(250_000, limit.Bytes);
        for (var i = 0; i < 20; i++) limit.Halve(limit.Bytes);
        Assert.Equal(BodyLimit.Smallest, limit.Bytes);
        for (var i = 1; i <= 30; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal((int)Math.Min(int.MaxValue, (long)BodyLimit.Smallest << i), limit.Bytes);
        }
    }

    [Fact]
    public void Calls_given_up_halve_it_too_and_quick_ones_of_that_size_take_it_back()
    {
        var (limit, quick, slow) = (new BodyLimit(new FakeTimeProvider()), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        limit.RecordCall(400_000, answered: false, slow);
        Assert.Equal(200_000, limit.Bytes);
        limit.RecordCall(400_000, answered: false, slow);
        Assert.Equal(200_000, limit.Bytes);
        limit.RecordCall(200_000, answered: false, slow);
        Assert.Equal(100_000, limit.Bytes);
        // Small and quick, or large and slow: neither tells that more would be through in time.
        limit.RecordCall(10_000, answered: true, quick);
        limit.RecordCall(100_000, answered: true, slow);
        Assert.Equal(100_000, limit.Bytes);
        limit.RecordCall(60_000, answered: true, quick);
        Assert.Equal(200_000, limit.Bytes);
        for (var i = 0; i < 20; i++) limit.RecordCall(limit.Bytes, answered: false, slow);
        Assert.Equal(BodyLimit.Smallest, limit.Bytes);
        for (var i = 0; i < 20; i++) limit.RecordCall(limit.Bytes, answered: true, quick);
        Assert.Equal(int.MaxValue, limit.Bytes);
    }

    [Theory]
    [InlineData(500_000, false), InlineData(500_000, true), InlineData(100_000, false), InlineData(20_000, false), InlineData(7_000, true)]
    public async Task Six_million_bytes_arrive_through_what_takes_less_in_one_call(int most, bool ours)
    {
        await using var worker = await WorkerHarness.Start(gateway =>
            gateway.InBetween = call => call.Bytes <= most ? null : ours ? TooLargeOfOurs : TooLarge);
        var id = worker.Gateway.Command("head -c 6000000 /dev/urandom; echo end >&2", timeout: 600_000);
        var attempt = await worker.Gateway.Ended(id, 120);
        var result = Assert.Single(attempt.Results);
        Assert.Equal(("succeeded", 6_000_000L, 6_000_000), (result.Outcome, result.StdoutBytes, attempt.Stdout.Length));
        Assert.Equal(result.StdoutSha256, Convert.ToHexStringLower(SHA256.HashData(attempt.Stdout)));
        Assert.Equal("end\n"u8.ToArray(), attempt.Stderr);
    }

    [Fact]
    public async Task What_was_learned_counts_for_every_attempt_of_the_link()
    {
        // The sizes of calls hang on how fast the program prints: what was learned is that none as large as the smallest refused comes
        // through.
        var (smallest, again, learned) = (long.MaxValue, 0, false);
        await using var worker = await WorkerHarness.Prepare();
        worker.Gateway.InBetween = call =>
        {
            // Nothing comes through before all is printed, so that there is a large call.
            if (call.Name == "output" && !File.Exists(worker.PathOf("printed"))) return new FalseAnswer(502);
            if (call.Bytes <= 100_000) return null;
            if (!Volatile.Read(ref learned)) smallest = Math.Min(smallest, call.Bytes);
            else if (call.Bytes >= smallest) Interlocked.Increment(ref again);
            return TooLarge;
        };
        worker.Go();
        await worker.Gateway.Ended(
            worker.Gateway.Command($"head -c 3000000 /dev/zero; touch {worker.PathOf("printed")}", timeout: 600_000));
        Volatile.Write(ref learned, true);
        var attempt = await worker.Gateway.Ended(worker.Gateway.Command("head -c 3000000 /dev/zero", timeout: 600_000));
        Assert.NotEqual(long.MaxValue, smallest);
        Assert.Equal((3_000_000, 0), (attempt.Stdout.Length, again));
    }

    [Fact]
    public async Task A_result_whose_output_is_too_large_beside_it_sends_the_output_before_it()
    {
        await using var worker = await WorkerHarness.Start(gateway => gateway.InBetween = call => call.Bytes <= 50_000 ? null : TooLarge);
        var attempt = await worker.Gateway.Ended(worker.Gateway.Command("head -c 60000 /dev/zero; exit 3", timeout: 600_000));
        Assert.Equal((3, 60_000), (attempt.Results[0].ExitCode, attempt.Stdout.Length));
        Assert.False(Directory.Exists(Path.Combine(worker.Home, "spool", "refused")));
    }

    [Fact]
    public async Task A_spooled_result_is_taken_in_small_pieces_though_the_daemon_is_restarted_in_between()
    {
        await using var worker = await WorkerHarness.Prepare(gateway => gateway.InBetween = call =>
            call.Name is "output" or "result" ? new FalseAnswer(502) : null);
        worker.Go();
        var id = worker.Gateway.Command("head -c 900000 /dev/urandom | tee " + worker.PathOf("printed"), timeout: 600_000);
        await Until.True(() => worker.Log.Contains("is not reported yet", StringComparison.Ordinal), "it tried");
        await worker.Stop();
        // The first half comes through, then nothing any more.
        var taken = 0L;
        worker.Gateway.InBetween = call => call.Bytes > 20_000 ? TooLarge
            : call.Name == "output" && Interlocked.Add(ref taken, call.Bytes) > 400_000 ? new FalseAnswer(502) : null;
        worker.Go();
        await worker.Gateway.Until(_ => Interlocked.Read(ref taken) > 400_000, "a part of it came through");
        await worker.Stop();
        worker.Gateway.InBetween = _ => null;
        worker.Go();
        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(await File.ReadAllBytesAsync(worker.PathOf("printed")), attempt.Stdout);
    }

    /// <summary>Also one of our form that does not name the attempt: another OpenClaw server's, for a balancer's mistake.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_413_to_everything_for_a_while_shortens_no_result(bool ours)
    {
        var tooLarge = ours ? TooLargeOfOurs : TooLarge;
        await using var worker = await WorkerHarness.Prepare();
        worker.Clock = new HurriedClock(20);
        var left = 8;
        worker.Gateway.InBetween = call => call.Name is "result" or "output" && Interlocked.Decrement(ref left) >= 0 ? tooLarge : null;
        worker.Go();
        var attempt = await worker.Gateway.Ended(worker.Gateway.Command("echo whole", timeout: 600_000));
        Assert.Equal("whole\n", attempt.Text);
        await Until.True(() => Directory.GetFiles(Path.Combine(worker.Home, "spool")).Length == 0, "the spool is empty");
        Assert.False(Directory.Exists(Path.Combine(worker.Home, "spool", "refused")));
    }

    [Fact]
    public async Task A_heartbeat_and_facts_that_are_too_large_go_without_what_only_people_read()
    {
        await using var worker = await WorkerHarness.Prepare(gateway =>
        {
            gateway.HeartbeatEvery = 1_000;
            gateway.InBetween = call => call.Name is "heartbeat" or "facts" && call.Bytes > 250 ? TooLarge : null;
        });
        worker.Clock = new HurriedClock(20);
        worker.Go();
        await worker.Gateway.Until(g => g.Count("heartbeat") > 5 && g.Facts is not null, "both came through");
        Assert.Null(worker.Gateway.Facts!.Tools);
    }
}
