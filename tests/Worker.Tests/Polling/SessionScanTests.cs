using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Tests.Polling;

public sealed class SessionScanTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(11);
    private readonly FakeTimeProvider clock = new();
    private readonly StringWriter log = new();
    private readonly Disk disk = new();
    private readonly SessionScan scan;

    public SessionScanTests() => scan = new SessionScan(disk, clock, new WorkerLog(TextWriter.Synchronized(log), clock));

    public void Dispose() => disk.Answers.Set();

    [Fact]
    public async Task While_a_look_hangs_what_was_found_before_stands_and_no_other_is_begun()
    {
        await Look("a");
        disk.Answers.Reset();
        clock.Advance(Soon);
        scan.StartIfDue();
        await Until.True(() => disk.Looks == 2, "it looks again");
        for (var i = 0; i < 10; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            scan.StartIfDue();
        }
        Assert.Equal((2, "a"), (disk.Looks, scan.Found![0].SessionId));
        Assert.Equal(1,
            log.ToString().Split('\n').Count(line => line.Contains("file system that does not answer", StringComparison.Ordinal)));
        disk.Found = "b";
        disk.Answers.Set();
        await Until.True(() => scan.Found![0].SessionId == "b", "it came back");
    }

    [Fact]
    public async Task Only_a_change_is_told()
    {
        var logged = 0;
        scan.Changed += () => Interlocked.Increment(ref logged);
        await Look("a");
        await Until.True(() => logged == 1, "the first are told");
        await Look("a");
        await Look("b");
        await Until.True(() => logged == 2, "a change is told, and nothing else was");
    }

    [Fact]
    public async Task A_young_look_is_not_followed_by_another()
    {
        await Look("a");
        scan.StartIfDue();
        Assert.Equal(1, disk.Looks);
    }

    private async Task Look(string found)
    {
        var looks = disk.Looks;
        disk.Found = found;
        disk.Answers.Set();
        clock.Advance(Soon);
        // The look before may still be on its way out: no other begins until it is.
        await Until.True(() =>
        {
            scan.StartIfDue();
            return disk.Looks > looks && scan.Found is [var only] && only.SessionId == found;
        }, "it has looked");
    }

    private sealed class Disk : IRecentSessions
    {
        private int looks;

        public ManualResetEventSlim Answers { get; } = new();
        public string Found { get; set; } = "";
        public int Looks => Volatile.Read(ref looks);

        public IReadOnlyList<RecentSession> GetNewest(int limit)
        {
            Interlocked.Increment(ref looks);
            Answers.Wait();
            return [new RecentSession { SessionId = Found, Project = "/", LastModified = "", SizeKB = 0, Topic = "" }];
        }
    }
}
