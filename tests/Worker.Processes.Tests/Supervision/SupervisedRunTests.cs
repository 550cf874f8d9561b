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
        var sink = new RecordingSink();
        var (end, held) = Follow(sink, (channel, length) => channel.WriteMessage(Message.FromNumber(MessageType.LogGrew, length)));
        Assert.Equal((5, "one", StopReason.None), (end.ExitCode, sink.Text, held.Stop.Why));
    }

    /// <summary>From then on the program may print, and may be late.</summary>
    [Fact]
    public void The_sink_hears_that_the_program_may_start_before_the_supervisor_does()
    {
        var sink = new RecordingSink();
        Follow(sink, (channel, length) =>
        {
            Assert.False(sink.HasStarted);
            channel.WriteMessage(new Message(MessageType.StartRequest, []));
            Assert.Equal(MessageType.StartProgram, channel.ReadMessage()!.Value.Type);
            Assert.True(sink.HasStarted);
            channel.WriteMessage(Message.FromNumber(MessageType.LogGrew, length));
        });
    }

    private (ProcessEnd End, OfferedAttempt Held) Follow(RecordingSink sink, Action<Channel, long> speak)
    {
        var options = new SupervisionOptions(["/bin/sh"], folder.File("attempts"), folder.File("door"), 1000);
        using var supervisors = new Supervisors(options, new MemoryJournal(), TimeProvider.System, new SilentLog());
        var (ours, theirs) = Sockets.CreatePair();
        var held = new OfferedAttempt("a");
        var length = Logged(supervisors.Folders, held.Offer);
        Exception? wrong = null;
        var supervisor = new Thread(() =>
        {
            using var channel = new Channel(theirs);
            channel.ReadMessage();
            wrong = Record.Exception(() => speak(channel, length));
        });
        supervisor.Start();
        using var watch = new RunWatch(
            new WatchedRun(held.Offer.TaskId, 1, TimeSpan.Zero, new LogProgress(folder.File("none")), () => { }),
            new RunDeadlines(null, null),
            held.Stop, TimeProvider.System);
        var output = new PrintedOutput(sink, DateTimeOffset.FromUnixTimeMilliseconds(0));
        var process = new SupervisorProcess(new Channel(ours), new ProcessIdentity(0, 0, ""), isOurs: false);
        var (end, _) = new SupervisedRun(new("a.1", 0), supervisors, () => (process, null), output, held).FollowToEnd(watch);
        supervisor.Join();
        Assert.Null(wrong);
        return (end, held);
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
