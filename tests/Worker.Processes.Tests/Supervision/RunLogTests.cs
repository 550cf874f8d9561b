using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Records;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Attempts;
using OpenClaw.Worker.Processes.Supervision.Logs;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

public sealed class RunLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_fits_is_kept_in_order_with_its_times_and_needs_no_totals()
    {
        var records = Written(1000, log =>
        {
            log.Write(OutputStream.Stdout, "one"u8);
            log.Write(OutputStream.Stderr, "two"u8);
            log.Write(OutputStream.Stdout, "three"u8);
        }, out var end);
        Assert.Equal(["1:one", "2:two", "1:three"], records);
        Assert.Null(end.Printed);
        Assert.Equal(5, end.End.ExitCode);
    }

    [Fact]
    public void Beyond_the_bound_the_head_and_the_newest_stay_with_the_gap_between_them_and_the_totals_are_of_all()
    {
        var all = RandomNumberGenerator.GetBytes(5_000_000);
        var records = Written(200_000, log =>
        {
            for (var at = 0; at < all.Length; at += 10_000)
                log.Write(OutputStream.Stdout, all.AsSpan(at, 10_000));
        }, out var end);
        var gap = records.FindIndex(record => record.StartsWith("gap", StringComparison.Ordinal));
        Assert.InRange(gap, 15, 20);
        Assert.Equal(5_000_000, end.Printed!.StdoutBytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(all)), end.Printed.StdoutSha256);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([])), end.Printed.StderrSha256);
        var missing = long.Parse(records[gap].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(5_000_000 - missing, records.Where(record => record[0] == '1').Sum(record => record.Length - 2L));
        Assert.Equal("1:" + Encoding.Latin1.GetString(all.AsSpan(all.Length - 10_000)), records[^1]);
    }

    [Fact]
    public void The_tail_counts_what_falls_out_of_it()
    {
        var tail = new OutputTail(1000);
        for (var i = 0; i < 30; i++)
            tail.Add(i % 2 == 0 ? OutputStream.Stdout : OutputStream.Stderr, new byte[36], i);
        Assert.Equal((360, 360), (tail.StdoutLost, tail.StderrLost));
        Assert.Equal(10, tail.DequeueAll().Length);
        Assert.Equal((0, 0), (tail.StdoutLost, tail.StderrLost));
        tail.Add(OutputStream.Stderr, new byte[1500], 0);
        Assert.Equal((0, 500), (tail.StdoutLost, tail.StderrLost));
    }

    [Fact]
    public void A_log_that_is_not_whole_is_read_up_to_there_and_no_further()
    {
        Written(1000, log => log.Write(OutputStream.Stdout, "one"u8), out _);
        var bytes = File.ReadAllBytes(folder.File("run-0"));
        for (var at = 8; at < bytes.Length; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(folder.File("run-0"), damaged);
            Assert.True(Read(out _).Count < 3);
        }
    }

    [Fact]
    public void It_says_when_the_attempt_began_and_one_from_before_it_did_is_read_without()
    {
        var folders = new AttemptFolders(folder.File("attempts"));
        folders.WriteOffer(new Offer
        {
            AttemptId = "a.1", TaskId = "a", Attempt = 1, Kind = "command", Payload = JsonElement.Parse("{}"), Timeout = 1, KillGrace = 1,
        });
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);
        using var log = new RunLogWriter(folders.GetLogPath(new("a.1", 0)), 1000, TimeProvider.System);
        Assert.Null(folders.ReadStartTime("a.1"));
        log.WriteStartTime(at.ToUnixTimeMilliseconds());
        log.Write(OutputStream.Stdout, "one"u8);
        Assert.Equal(at, folders.ReadStartTime("a.1"));
        Assert.Null(folders.ReadStartTime("b.1"));
    }

    [Fact]
    public void What_is_read_from_it_keeps_its_times_and_never_goes_back()
    {
        var times = new List<(string, double)>();
        var printed = new PrintedOutput(new TimedSink(times), DateTimeOffset.FromUnixTimeMilliseconds(5000));
        printed.Write(OutputStream.Stdout, "before"u8, 4000);
        printed.Write(OutputStream.Stdout, "one"u8, 6000);
        printed.Write(OutputStream.Stderr, "back"u8, 5500);
        printed.WriteCutMark(0, 7);
        Assert.Equal([("before", 0), ("one", 1), ("back", 1), ("\n[... 7 bytes cut ...]\n", 1)], times);
    }

    private sealed class TimedSink(List<(string, double)> times) : IOutputSink
    {
        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => Assert.Fail("no time was given");

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes, TimeSpan elapsed) =>
            times.Add((Encoding.UTF8.GetString(bytes), elapsed.TotalSeconds));
    }

    private List<string> Written(long kept, Action<RunLogWriter> write, out RunEnd end)
    {
        File.WriteAllBytes(folder.File("run-0"), RecordCodec.EncodeHeader(RunLog.Kind, RunLog.Version));
        end = new RunEnd(new ProcessEnd { ExitCode = 5 }, StopReason.None, 1);
        using (var log = new RunLogWriter(folder.File("run-0"), kept, TimeProvider.System))
        {
            write(log);
            Assert.True(log.WriteEnd(ref end));
        }
        var records = Read(out var read);
        Assert.Equal(end, read);
        return records;
    }

    private List<string> Read(out RunEnd? end)
    {
        end = null;
        var found = new List<string>();
        using var file = File.OpenHandle(folder.File("run-0"));
        var reader = new RunLogReader(file);
        while (reader.ReadNext(RandomAccess.GetLength(file)) is { } record)
        {
            if (record.Output is { } stream)
                found.Add($"{(int)stream}:{Encoding.Latin1.GetString(record.Bytes.Span)}");
            else if (record.Type == RunLog.Gap)
                found.Add($"gap {record.Missing.Stdout} {record.Missing.Stderr}");
            else if (record.Type == RunLog.End)
                end = JsonSerializer.Deserialize(record.Payload.Span, SupervisionJson.Default.RunEnd);
        }
        return found;
    }
}
