using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Protocol.Attempts;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Attempts;
using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Supervision.Logs;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Processes.Tests.Supervision;

/// <summary>The real supervisor, and this test as its daemon, word for word.</summary>
public sealed class OrderTests : IDisposable
{
    private static readonly TimeSpan MessageTimeout = TimeSpan.FromMinutes(1);
    private readonly ProcessHarness harness = new();
    private readonly AttemptFolders folders;
    private readonly int supervisor;
    private readonly Channel channel;

    public OrderTests()
    {
        folders = new AttemptFolders(harness.PathOf("attempts"));
        folders.WriteOffer(new Offer
        {
            AttemptId = "a.1", TaskId = "a", Attempt = 1, Kind = "command", Payload = JsonElement.Parse("{}"), Timeout = 1, KillGrace = 1,
        });
        var (ours, theirs) = Sockets.CreatePair();
        var spec = harness.Spec(Repository.Program("Worker", "openclaw-worker"), SupervisorVerb.Name);
        Assert.Equal(0,
            ChildReaper.StartTracked((
                out int id) => PosixSpawn.Start(spec.Argv[0], spec, new ChildEnds(theirs, 1, 2), out id), out supervisor));
        _ = Native.Close(theirs);
        channel = new Channel(ours);
    }

    public void Dispose()
    {
        ProcessIdentity.FromPid(supervisor).Kill();
        channel.Dispose();
        ChildReaper.WaitForEnd(supervisor);
        ChildReaper.ReleaseTracked(supervisor);
        harness.Dispose();
    }

    [Fact]
    public async Task Nothing_is_started_before_the_daemon_says_go()
    {
        Give(Order());
        Expect(MessageType.RunAccepted);
        Expect(MessageType.StartRequest);
        Assert.False(File.Exists(harness.PathOf("witness")));
        channel.WriteMessage(new Message(MessageType.StartProgram, []));
        await harness.LineOf("witness");
        Assert.Equal(0, Ended().End.ExitCode);
    }

    [Fact]
    public void An_order_that_was_taken_back_is_not_begun()
    {
        Give(Order());
        Expect(MessageType.RunAccepted);
        Expect(MessageType.StartRequest);
        Stop(StopReason.Cancel);
        NotBegun(StopReason.Cancel);
    }

    [Fact]
    public void A_stop_that_comes_with_the_order_starts_nothing()
    {
        Give(Order());
        Stop(StopReason.Cancel);
        Expect(MessageType.RunAccepted);
        NotBegun(StopReason.Cancel);
    }

    /// <summary>
    /// A daemon that was frozen, or whose line was down, asks the server again, which counts from its new yes: ended before it began, the
    /// task was timed_out at once.
    /// </summary>
    [Fact]
    public void A_timeout_that_runs_out_before_the_daemon_answers_ends_nothing()
    {
        var clock = new FakeTimeProvider();
        var (end, started) = Supervise(clock, Order() with { Timeout = 8000, Silence = 8000 }, daemon =>
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            daemon.WriteMessage(Message.FromNumber(MessageType.StartProgram, 8000));
        });
        Assert.Equal((0, StopReason.None), (end.End.ExitCode, end.Why));
        Assert.True(started);
    }

    [Fact]
    public void A_timeout_that_runs_out_when_no_daemon_is_left_starts_nothing()
    {
        Give(Order() with { Timeout = 1 });
        Expect(MessageType.RunAccepted);
        Expect(MessageType.StartRequest);
        channel.ShutDown();
        ChildReaper.WaitForEnd(supervisor);
        Assert.False(File.Exists(harness.PathOf("witness")));
    }

    [Fact]
    public async Task The_next_daemon_is_asked_when_the_first_one_dies_before_its_answer()
    {
        var listener = Sockets.ListenAt(harness.PathOf("door"));
        Give(Order() with { Timeout = 60_000 });
        Expect(MessageType.RunAccepted);
        Expect(MessageType.StartRequest);
        channel.ShutDown();
        using var next = new Channel(Sockets.AcceptConnection(listener));
        Assert.Equal(MessageType.Hello, next.ReadMessage(MessageTimeout)!.Value.Type);
        Assert.Equal(MessageType.StartRequest, next.ReadMessage(MessageTimeout)!.Value.Type);
        Assert.False(File.Exists(harness.PathOf("witness")));
        next.WriteMessage(new Message(MessageType.StartProgram, []));
        await harness.LineOf("witness");
        _ = Native.Close(listener);
    }

    [Fact]
    public async Task A_daemon_from_before_that_does_not_answer_is_not_asked()
    {
        Give(Order() with { AsksFirst = false });
        Expect(MessageType.RunAccepted);
        await harness.LineOf("witness");
        Assert.Equal(0, Ended().End.ExitCode);
    }

    /// <summary>A supervisor in this process, by a clock of the test's; the daemon answers its question as it likes.</summary>
    private (RunEnd End, bool Started) Supervise(FakeTimeProvider clock, RunRequest order, Action<Channel> answer)
    {
        var (ours, theirs) = Sockets.CreatePair();
        using var daemon = new Channel(ours);
        using var side = new Channel(theirs);
        using var log = new RunLogWriter(order.Log, order.OutputKept, clock);
        using var run = new Supervisor(order, log, side, clock);
        var thread = new Thread(() => run.Run()) { IsBackground = true };
        thread.Start();
        Assert.Equal(MessageType.StartRequest, daemon.ReadMessage(MessageTimeout)!.Value.Type);
        answer(daemon);
        Assert.True(daemon.WriteMessage(Message.FromNumber(MessageType.WaitForLog, long.MaxValue)));
        var message = daemon.ReadMessage(MessageTimeout)!.Value;
        Assert.Equal(MessageType.RunEnded, message.Type);
        daemon.WriteMessage(new Message(MessageType.EndTaken, []));
        thread.Join();
        return (JsonSerializer.Deserialize(message.Payload, SupervisionJson.Default.RunEnd)!, File.Exists(harness.PathOf("witness")));
    }

    private RunRequest Order() => new()
    {
        Name = new("a.1", 0),
        Log = folders.GetLogPath(new("a.1", 0)),
        Daemon = harness.PathOf("door"),
        Spec = harness.Shell("echo ran > witness"),
        KillGrace = 1000,
        OutputKept = 1000,
        AsksFirst = true,
    };

    private void Give(RunRequest order) =>
        Assert.True(channel.WriteMessage(
            new Message(MessageType.RunRequest, JsonSerializer.SerializeToUtf8Bytes(order, SupervisionJson.Default.RunRequest))));

    private void Stop(StopReason why) => Assert.True(channel.WriteMessage(
        new Message(MessageType.StopRequest,
            JsonSerializer.SerializeToUtf8Bytes(new StopRequest(why, null), SupervisionJson.Default.StopRequest))));

    private void Expect(MessageType type) => Assert.Equal(type, channel.ReadMessage(MessageTimeout)?.Type);

    private RunEnd Ended()
    {
        Assert.True(channel.WriteMessage(Message.FromNumber(MessageType.WaitForLog, long.MaxValue)));
        var message = channel.ReadMessage(MessageTimeout)!.Value;
        // It may have asked before it heard the stop.
        if (message.Type == MessageType.StartRequest) message = channel.ReadMessage(MessageTimeout)!.Value;
        Assert.Equal(MessageType.RunEnded, message.Type);
        return JsonSerializer.Deserialize(message.Payload, SupervisionJson.Default.RunEnd)!;
    }

    private void NotBegun(StopReason why)
    {
        var end = Ended();
        Assert.Equal((why, ProcessEnd.NotStarted), (end.Why, end.End));
        Assert.False(File.Exists(harness.PathOf("witness")));
    }
}
