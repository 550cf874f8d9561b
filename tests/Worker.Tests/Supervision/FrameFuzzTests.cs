using System.Net.Sockets;
using System.Text;
using CsCheck;
using OpenClaw.TestKit.Processes;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Records;
using OpenClaw.Worker.Processes.Supervision;
using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Supervision.Logs;
using Calls = OpenClaw.Worker.Processes.Supervision.Channels.Sockets;

namespace OpenClaw.Worker.Tests.Supervision;

/// <summary>
/// What is read in frames: the messages between a daemon and its supervisors, their greeting at its socket, the logs of programs. More of
/// it with <c>CsCheck_Iter</c>.
/// </summary>
public sealed class FrameFuzzTests : IDisposable
{
    private static readonly long Cases = Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? 400 : -1;
    private static readonly string[] Greetings =
    [
        "", "{", "null", "[]", "7", "{}", "{\"Version\":1}", "{\"Version\":1,\"Name\":null}",
        "{\"Version\":1,\"Name\":{\"AttemptId\":null}}",
        "{\"Version\":\"one\"}", "{\"Version\":1,\"Name\":{\"AttemptId\":7,\"Run\":{}}}", "\u00ff\u0000\u00fe", "{\"Version\":1e99}",
        "{\"Version\":1,\"Name\":{\"AttemptId\":\"\\ud800\",\"Run\":0}}",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Messages_come_back_whole_however_they_are_cut_and_what_is_none_ends_the_connection() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var (ours, theirs) = Calls.CreatePair();
        using var channel = new Channel(ours);
        using var other = new Socket(new SafeSocketHandle(theirs, ownsHandle: true));
        var sent = Enumerable.Range(0, random.Next(1, 8)).Select(_ => MakeMessage(random)).ToList();
        byte[] bytes = [.. sent.SelectMany(Encode)];
        var damaged = random.Next(3);
        var cut = damaged == 0 ? bytes.Length : random.Next(bytes.Length);
        if (damaged == 1) bytes[cut] ^= (byte)random.Next(1, 256);
        for (var at = 0; at < bytes.Length;)
        {
            var piece = Math.Min(random.Next(1, 64), bytes.Length - at);
            other.Send(bytes.AsSpan(at, damaged == 2 ? Math.Max(0, Math.Min(piece, cut - at)) : piece));
            at += piece;
        }
        other.Shutdown(SocketShutdown.Send);
        var read = new List<Message>();
        while (channel.ReadMessage() is { } message) read.Add(message);
        var before = 0;
        for (var end = 0; before < sent.Count && (end += Encode(sent[before]).Length) <= cut;) before++;
        Assert.Equal(sent.Take(before).Select(Describe), read.Take(before).Select(Describe));
        if (damaged != 1) Assert.Equal(before, read.Count);
        Assert.All(read, message => Assert.True(message.Payload.Length <= bytes.Length && message.Number is var _));
    }, iter: Cases, threads: 1);

    /// <summary>A program of any task may connect there: the daemon outlives what it says, and hears the next one.</summary>
    [Fact]
    public void Whatever_is_said_at_the_door_the_next_supervisor_is_let_in() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        using var listener = new SupervisorListener(folder.File("s" + (uint)seed), new NoLog());
        listener.StartListening();
        for (var strangers = random.Next(1, 4); strangers > 0; strangers--)
        {
            using var stranger = new Channel(Calls.ConnectTo(listener.Path));
            stranger.WriteMessage(new Message(
                random.Next(4) > 0 ? MessageType.Hello : (MessageType)random.Next(256),
                random.Next(4) > 0 ? Encoding.Latin1.GetBytes(Greetings[random.Next(Greetings.Length)]) : MakeMessage(random).Payload));
        }
        using var supervisor = new Channel(Calls.ConnectTo(listener.Path));
        supervisor.WriteMessage(new Message(MessageType.Hello, "{\"Version\":1,\"Name\":{\"AttemptId\":\"t.1\",\"Run\":0}}"u8.ToArray()));
        var tries = 0;
        var arrived = listener.WaitForRun(new RunName("t.1", 0), () => ++tries < 150);
        Assert.NotNull(arrived);
        arrived.Channel.Dispose();
    }, iter: Cases < 0 ? Cases : Cases / 4, threads: 1);

    [Fact]
    public void A_log_of_a_program_gives_its_whole_records_up_to_the_first_that_is_not() => Gen.Int.Sample(seed =>
    {
        var random = new Random(seed);
        var records = Enumerable.Range(0, random.Next(1, 12)).Select(_ => MakeRecord(random)).ToList();
        byte[] bytes = [.. RecordCodec.EncodeHeader(RunLog.Kind, RunLog.Version), .. records.SelectMany(record => record)];
        var damage = random.Next(4);
        var at = random.Next(bytes.Length);
        if (damage == 1) bytes[at] ^= (byte)(1 << random.Next(8));
        else if (damage == 2) bytes = bytes[..at];
        else if (damage == 3) random.NextBytes(bytes.AsSpan(at, Math.Min(bytes.Length - at, random.Next(1, 40))));
        else at = bytes.Length;
        var path = folder.File("run");
        File.WriteAllBytes(path, bytes);
        using var file = File.OpenHandle(path);
        var reader = new RunLogReader(file);
        var read = 0;
        while (reader.ReadNext(bytes.Length) is { } record)
        {
            if (record.Output is OutputStream.Stdout or OutputStream.Stderr)
                Assert.True(record.At is var _ && record.Bytes.Length >= 0);
            if (record.Type == RunLog.Gap) Assert.Equal(record.Missing, record.Missing);
            read++;
        }
        var (whole, end) = (0, RecordCodec.HeaderSize);
        while (whole < records.Count && (end += records[whole].Length) <= at) whole++;
        // Random bytes may be those that stood there.
        if (damage == 3) Assert.InRange(read, at < RecordCodec.HeaderSize ? 0 : whole, records.Count);
        else Assert.Equal(at < RecordCodec.HeaderSize ? 0 : whole, read);
        Assert.True(damage != 1 || reader.IsDamaged || reader.Position < bytes.Length);
    }, iter: Cases, threads: 1);

    private static Message MakeMessage(Random random)
    {
        var payload = new byte[random.Next(3) == 0 ? 8 : random.Next(0, 300)];
        random.NextBytes(payload);
        return new Message((MessageType)random.Next(256), payload);
    }

    private static byte[] Encode(Message message) =>
        [.. BitConverter.GetBytes(message.Payload.Length), (byte)message.Type, .. message.Payload];

    private static string Describe(Message message) => $"{message.Type} {Convert.ToHexString(message.Payload)}";

    private static byte[] MakeRecord(Random random)
    {
        var type = (byte)random.Next(1, 10);
        var payload = new byte[type == RunLog.Gap ? 16 : RunLog.TimeSize + random.Next(0, 400)];
        random.NextBytes(payload);
        return RecordCodec.Encode(type, payload);
    }

    private sealed class NoLog : ISupervisionLog
    {
        public void SupervisorLost(string attempt) => Assert.Fail(attempt);

        public void NoDoor(Exception error) => Assert.Fail(error.ToString());
    }
}
