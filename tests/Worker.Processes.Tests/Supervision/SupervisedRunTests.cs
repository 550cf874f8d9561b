using OpenClaw.Protocol.Attempts;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Attempts;
using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Processes.Supervision.Logs;
using OpenClaw.Worker.Processes.Tests.Harness;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

public sealed class SupervisedRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_end_that_is_in_the_log_counts_though_its_supervisor_goes_before_it_tells_it()
    {
        var options = new SupervisionOptions(["/bin/sh"], folder.File("attempts"), folder.File("door"), 1000);
        using var supervisors = new Supervisors(options, new MemoryJournal(), TimeProvider.System, new SilentLog());
        var (ours, theirs) = Sockets.CreatePair();
        var held = new OfferedAttempt("a");
        var length = Logged(supervisors.Folders, held.Offer);
        var supervisor = new Thread(() =>
        {
            using var channel = new Channel(theirs);
            channel.ReadMessage();
            channel.WriteMessage(Message.FromNumber(MessageType.LogGrew, length));
        });
        supervisor.Start();
        using var watch = new RunWatch(
            new WatchedRun(held.Offer.TaskId, 1, TimeSpan.Zero, new LogProgress(folder.File("none")), () => { }),
            new RunDeadlines(null, null),
            held.Stop, TimeProvider.System);
        var sink = new RecordingSink();
        var output = new PrintedOutput(sink, DateTimeOffset.FromUnixTimeMilliseconds(0));
        var process = new SupervisorProcess(new Channel(ours), new ProcessIdentity(0, 0, ""), isOurs: false);
        var (end, _) = new SupervisedRun(new("a.1", 0), supervisors, () => (process, null), output, held).FollowToEnd(watch);
        supervisor.Join();
        Assert.Equal((5, "one", StopReason.None), (end.ExitCode, sink.Text, held.Stop.Why));
    }

    private static long Logged(AttemptFolders folders, Offer offer)
    {
        folders.WriteOffer(offer);
        using var writer = new RunLogWriter(folders.GetLogPath(new("a.1", 0)), 1000, TimeProvider.System);
        writer.Write(OutputStream.Stdout, "one"u8);
        var end = new RunEnd(new ProcessEnd { ExitCode = 5 }, StopReason.None, 7);
        Assert.True(writer.WriteEnd(ref end));
        return writer.Length;
    }
}
