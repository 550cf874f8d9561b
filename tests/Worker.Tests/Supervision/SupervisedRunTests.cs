using System.Text.Json;
using OpenClaw.Protocol.Attempts;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Supervision;
using OpenClaw.Worker.Supervision.Channels;
using OpenClaw.Worker.Supervision.Deadlines;
using OpenClaw.Worker.Supervision.Logs;
using OpenClaw.Worker.Tests.Processes;

namespace OpenClaw.Worker.Tests.Supervision;

public sealed class SupervisedRunTests : IDisposable
{
    private static readonly Offer Offer = new()
    {
        AttemptId = "a.1", TaskId = "a", Attempt = 1, Kind = "command", Payload = JsonElement.Parse("{}"), Timeout = 1000, KillGrace = 1000,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_end_that_is_in_the_log_counts_though_its_supervisor_goes_before_it_tells_it()
    {
        var log = new WorkerLog(TextWriter.Null, TimeProvider.System);
        using var home = HomeFolder.Open(folder.File("home")).Home!;
        using var journal = new AttemptJournal(home.Journal, log);
        var options = new WorkerOptions
        {
            Url = new Uri("http://127.0.0.1"), Token = "t", Name = "pc", Home = folder.File("home"),
            Supervisor = ["/bin/sh"]
        };
        using var supervisors = new Supervisors(options, home, journal, TimeProvider.System, log);
        var (ours, theirs) = Sockets.CreatePair();
        var length = Logged(supervisors.Folders);
        var supervisor = new Thread(() =>
        {
            using var channel = new Channel(theirs);
            channel.ReadMessage();
            channel.WriteMessage(Message.FromNumber(MessageType.LogGrew, length));
        });
        supervisor.Start();
        var held = new HeldAttempt(Offer);
        using var watch = new RunWatch(
            new WatchedRun(Offer.TaskId, 1, TimeSpan.Zero, new LogProgress(folder.File("none")), () => { }), new RunDeadlines(null, null),
            held.Stop, TimeProvider.System);
        var sink = new RecordingSink();
        var output = new PrintedOutput(sink, DateTimeOffset.FromUnixTimeMilliseconds(0));
        var process = new SupervisorProcess(new Channel(ours), new ProcessIdentity(0, 0, ""), isOurs: false);
        var (end, _) = new SupervisedRun(new("a.1", 0), supervisors, () => (process, null), output, held).FollowToEnd(watch);
        supervisor.Join();
        Assert.Equal((5, "one", StopReason.None), (end.ExitCode, sink.Text, held.Stop.Why));
    }

    private static long Logged(AttemptFolders folders)
    {
        folders.WriteOffer(Offer);
        using var writer = new RunLogWriter(folders.GetLogPath(new("a.1", 0)), 1000, TimeProvider.System);
        writer.Write(OutputStream.Stdout, "one"u8);
        var end = new RunEnd(new ProcessEnd { ExitCode = 5 }, StopReason.None, 7);
        Assert.True(writer.WriteEnd(ref end));
        return writer.Length;
    }
}
