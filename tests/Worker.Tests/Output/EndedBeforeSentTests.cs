using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.TestKit.FakeGateway;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Records;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Processes.Supervision.Logs;
using OpenClaw.Worker.Tests.Approvals;
using OpenClaw.Worker.Tests.Transport;

namespace OpenClaw.Worker.Tests.Output;

/// <summary>A program has ended, and more of its output than fits into memory waits for the line: its log waits with it.</summary>
public sealed class EndedBeforeSentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider clock = new();
    private readonly AttemptStop stop = new();
    private int reports;

    public void Dispose()
    {
        stop.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(true, "None", 1)]
    [InlineData(false, "Timeout", 0)]
    public void Only_a_program_whose_end_is_not_in_its_log_can_be_late(bool hasEnded, string why, int times)
    {
        var (log, first) = Logged(hasEnded);
        using var watch = Watch(new RunDeadlines(TimeSpan.FromSeconds(30), null), log);
        log.MarkRead(first);
        Wait();
        Assert.Equal((why, times), (stop.Why.ToString(), reports));
    }

    /// <summary>The line being slow is no silence of the program's.</summary>
    [Theory]
    [InlineData(true, "None")]
    [InlineData(false, "Silence")]
    public void Only_a_program_whose_end_is_not_in_its_log_can_be_silent(bool hasEnded, string why)
    {
        var (log, _) = Logged(hasEnded);
        using var watch = Watch(new RunDeadlines(null, TimeSpan.FromSeconds(30)), log);
        Wait();
        Assert.Equal(why, stop.Why.ToString());
    }

    /// <summary>Else the server would call it timed out, or give it to another.</summary>
    [Fact]
    public async Task While_its_output_waits_for_the_line_heartbeats_say_that_it_has_ended()
    {
        await using var worker = await WorkerHarness.Prepare(gateway =>
        {
            gateway.HeartbeatEvery = 100;
            gateway.Fault = call => call.Name == "output" ? CallFault.Hang : CallFault.None;
        });
        worker.Options = worker.Options with { Supervisor = [Repository.Program("Worker", "openclaw-worker")] };
        worker.Go();
        var id = worker.Gateway.Command("head -c 6000000 /dev/zero | tr '\\0' x", timeout: 600_000, endsWithLease: true);

        await worker.Gateway.Until(gateway => gateway.Calls.Any(call => call.Name == "heartbeat" && Reports(call.Body, id)), "it says so");
        Assert.Empty(worker.Gateway.Attempt(id).Results);
        worker.Gateway.Release();

        var attempt = await worker.Gateway.Ended(id);
        var result = Assert.Single(attempt.Results);
        Assert.Equal(("succeeded", 6_000_000L, 6_000_000), (result.Outcome, result.StdoutBytes, attempt.Stdout.Length));
    }

    /// <summary>What a file task has read is in memory: its work is done, and its time over, before the first byte is sent.</summary>
    [Fact]
    public async Task A_file_that_was_read_in_time_is_not_late_because_the_line_is_slow()
    {
        await using var worker = await WorkerHarness.Prepare(gateway =>
        {
            gateway.HeartbeatEvery = 300;
            gateway.Fault = call => call.Name == "output" ? CallFault.Hang : CallFault.None;
        });
        worker.Clock = new HurriedClock(10);
        File.WriteAllBytes(worker.PathOf("large"), new byte[6_000_000]);
        worker.Go();
        var payload =
            JsonSerializer.Serialize(new Dictionary<string, object> { ["path"] = worker.PathOf("large"), ["length"] = 6_000_000 });
        var id = worker.Gateway.Submit("file-download", payload, timeout: 10_000);

        // A heartbeat's interval is not hurried, the task's timeout is: it is over after the fourth of them.
        await worker.Gateway.Until(gateway => gateway.Calls.Count(call => call.Name == "heartbeat" && Reports(call.Body, id)) >= 8,
            "it says so");
        Assert.Empty(worker.Gateway.Attempt(id).Results);
        worker.Gateway.Release();

        var attempt = await worker.Gateway.Ended(id);
        Assert.Equal(("succeeded", 6_000_000), (Assert.Single(attempt.Results).Outcome, attempt.Stdout.Length));
    }

    [Fact]
    public async Task A_cancel_ends_what_waits_for_the_line_in_memory()
    {
        await using var worker = await WorkerHarness.Prepare(gateway =>
        {
            gateway.HeartbeatEvery = 300;
            gateway.Fault = call => call is { Name: "output", Number: 1 } ? CallFault.Hang : CallFault.None;
        });
        File.WriteAllBytes(worker.PathOf("large"), new byte[9_000_000]);
        worker.Go();
        var payload = JsonSerializer.Serialize(new Dictionary<string, object> { ["path"] = worker.PathOf("large"), ["length"] = 8 << 20 });
        var id = worker.Gateway.Submit("file-download", payload);
        await worker.Gateway.Until(gateway => gateway.Calls.Any(call => call.Name == "heartbeat" && Reports(call.Body, id)), "it waits");

        worker.Gateway.Cancel(id);

        // Whole it would be if the call had been waited for.
        Assert.InRange((await worker.Gateway.Ended(id)).Stdout.Length, 1, (8 << 20) - 1);
    }

    /// <summary>It costs the PC nothing but memory, and so many of these at most.</summary>
    [Fact]
    public async Task While_its_output_waits_for_the_line_its_slot_is_another_s()
    {
        string? large = null;
        await using var worker = await WorkerHarness.Prepare(gateway =>
            gateway.Fault = call => call.Name == "output" && call.Path.Contains(large!, StringComparison.Ordinal) ? CallFault.Hang
                : CallFault.None);
        worker.Options = worker.Options with { MaxConcurrent = 1, Supervisor = [Repository.Program("Worker", "openclaw-worker")] };
        large = worker.Gateway.Command("head -c 6000000 /dev/zero | tr '\\0' x", timeout: 600_000);
        var next = worker.Gateway.Command("echo next", timeout: 600_000);
        worker.Go();

        Assert.Equal("succeeded", (await worker.Gateway.Ended(next)).Results[0].Outcome);
        Assert.Empty(worker.Gateway.Attempt(large).Results);
        worker.Gateway.Release();

        var attempt = await worker.Gateway.Ended(large);
        Assert.Equal(("succeeded", 6_000_000), (Assert.Single(attempt.Results).Outcome, attempt.Stdout.Length));
    }

    [Fact]
    public void What_has_ended_takes_no_slot_but_for_what_is_too_many()
    {
        var table = new AttemptTable(() => 1);
        var freed = 0;
        table.Freed += () => freed++;
        for (var i = 0; i < AttemptTable.MostSending; i++)
        {
            var attempt = table.TryAdd(WorkDigestTests.Offer("{}") with { AttemptId = $"t{i}.1" })!;
            Assert.Equal((1, 0), (table.Taken, table.Free));
            attempt.EndProgram();
            Assert.Equal((0, 1, i + 1), (table.Taken, table.Free, freed));
        }
        table.TryAdd(WorkDigestTests.Offer("{}") with { AttemptId = "one-more.1" })!.EndProgram();
        Assert.Equal((1, 0), (table.Taken, table.Free));
        Assert.Null(table.TryAdd(WorkDigestTests.Offer("{}") with { AttemptId = "too-many.1" }));

        table.MarkReporting("t3.1");
        Assert.Equal((0, 1), (table.Taken, table.Free));
    }

    [Fact]
    public void What_has_its_output_in_memory_keeps_its_slot()
    {
        var table = new AttemptTable(() => 1);
        var attempt = table.TryAdd(WorkDigestTests.Offer("{}"))!;
        attempt.EndWork();
        Assert.Equal((true, 1, 0), (attempt.HasProgramEnded, table.Taken, table.Free));
    }

    [Fact]
    public void An_attempt_that_begins_another_program_has_its_slot_again()
    {
        var table = new AttemptTable(() => 1);
        var attempt = table.TryAdd(WorkDigestTests.Offer("{}"))!;
        attempt.EndProgram();
        attempt.BeginProgram();
        Assert.Equal((1, 0), (table.Taken, table.Free));
    }

    [Fact]
    public void A_daemon_that_stood_still_looks_into_the_log_before_it_calls_a_program_late()
    {
        var (log, _) = Logged(hasEnded: true);
        using var watch = Watch(new RunDeadlines(TimeSpan.FromSeconds(30), null), log);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((StopReason.None, 1), (stop.Why, reports));
    }

    private void Wait()
    {
        for (var second = 0; second < 60; second++)
            clock.Advance(TimeSpan.FromSeconds(1));
    }

    private RunWatch Watch(RunDeadlines deadlines, LogProgress log) =>
        new(new WatchedRun("a", 1, TimeSpan.FromHours(1), log, () => reports++), deadlines, stop, clock);

    /// <summary>A log of two pieces, and where the first of them ends.</summary>
    private (LogProgress Log, long First) Logged(bool hasEnded)
    {
        File.WriteAllBytes(folder.File("run-0"), RecordCodec.EncodeHeader(RunLog.Kind, RunLog.Version));
        using var writer = new RunLogWriter(folder.File("run-0"), 1000, TimeProvider.System);
        writer.Write(OutputStream.Stdout, "one"u8);
        var first = writer.Length;
        writer.Write(OutputStream.Stdout, "two"u8);
        var end = new RunEnd(new ProcessEnd { ExitCode = 5 }, StopReason.None, 7);
        Assert.True(!hasEnded || writer.WriteEnd(ref end));
        return (new LogProgress(folder.File("run-0")), first);
    }

    private static bool Reports(string heartbeat, string id)
    {
        using var body = JsonDocument.Parse(heartbeat);
        return body.RootElement.TryGetProperty("reporting", out var ids) && ids.EnumerateArray().Any(one => one.GetString() == id);
    }
}
