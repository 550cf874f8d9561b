using System.Text;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes.Output;
using OpenClaw.Worker.Processes.Tests.Harness;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Tests.Output;

/// <summary>Output that is printed a second time, from a log, to a server that has a part of it.</summary>
public sealed class ReplayTests
{
    private readonly List<OutputChunk> taken = [];
    private long sequence = 7;
    private long stdout = 4;
    private long stderr = 2;

    [Fact]
    public async Task What_the_server_has_is_not_sent_again_and_the_rest_joins()
    {
        var pump = new OutputPump(Server, TimeProvider.System, PumpMode.Replayed);
        await Task.Run(() =>
        {
            pump.Write(OutputStream.Stdout, "abc"u8);
            pump.Write(OutputStream.Stderr, "xyz"u8);
            pump.Write(OutputStream.Stdout, "defg"u8);
        });
        var rest = await pump.Complete();
        taken.AddRange(rest.Unsent);
        Assert.Equal("efg", Text("stdout"));
        Assert.Equal("z", Text("stderr"));
        Assert.Equal([7L, 8L], taken.Select(chunk => chunk.Sequence));
        Assert.Equal((4L, 2L), (taken.First(c => c.Stream == "stdout").Offset, taken.First(c => c.Stream == "stderr").Offset));
        Assert.Equal((7L, 3L), (rest.StdoutBytes, rest.StderrBytes));
    }

    [Fact]
    public async Task A_server_that_has_more_than_is_printed_again_gets_nothing()
    {
        (stdout, stderr) = (100, 0);
        var pump = new OutputPump(Server, TimeProvider.System, PumpMode.Replayed);
        await Task.Run(() => pump.Write(OutputStream.Stdout, "abc"u8));
        var rest = await pump.Complete();
        Assert.Empty(rest.Unsent);
        Assert.Empty(taken);
    }

    [Fact]
    public async Task From_a_log_nothing_is_cut_while_the_server_is_away_however_long()
    {
        (sequence, stdout, stderr) = (0, 0, 0);
        var away = true;
        var refused = 0;
        var pump = new OutputPump(
            (chunks, _) =>
            {
                if (!Volatile.Read(ref away)) return Server(chunks, default);
                Interlocked.Increment(ref refused);
                return Task.FromResult(new Reply<OutputTaken>(null, null, new NoAnswer("away")));
            },
            TimeProvider.System, PumpMode.Kept);
        var printing = Task.Run(() =>
        {
            for (var i = 0; i < 160; i++)
                pump.Write(OutputStream.Stdout, new byte[64 * 1024]);
        });
        await Until.True(() => Volatile.Read(ref refused) > 0, "it was refused");
        Assert.False(printing.IsCompleted);
        Volatile.Write(ref away, false);
        await printing.WaitAsync(TimeSpan.FromSeconds(60));
        taken.AddRange((await pump.Complete()).Unsent);
        Assert.Equal(160 * 64 * 1024, taken.Sum(chunk => chunk.Data.Length));
    }

    /// <summary>A daemon that was started again while the server is away, for longer than the task's timeout.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_server_could_not_be_asked_about_is_handed_over_whole_and_joins_once_it_is_back(bool answersTooLate)
    {
        var asked = new TaskCompletionSource<Reply<OutputTaken>>();
        var answer = answersTooLate ? asked.Task : Task.FromResult(new Reply<OutputTaken>(null, null, new NoAnswer("away")));
        var pump = new OutputPump((_, _) => answer, TimeProvider.System, PumpMode.Replayed);
        var printing = Task.Run(() =>
        {
            pump.Write(OutputStream.Stdout, "abc"u8);
            pump.Write(OutputStream.Stderr, "xyz"u8);
            pump.Write(OutputStream.Stdout, "defg"u8);
        });
        pump.StopBlocking();
        await printing.WaitAsync(TimeSpan.FromSeconds(60));
        asked.SetResult(await Server([new OutputChunk { Stream = "stdout", Sequence = long.MaxValue, Offset = 0, Data = [0] }], default));
        var rest = await pump.Complete();

        Assert.Equal((7L, 3L), (rest.StdoutBytes, rest.StderrBytes));
        var refused = await Server(rest.Unsent, default);
        var joined = ChunkNumbers.ContinueAfter(rest.Unsent).RejoinAt(rest.Unsent, refused.Problem!.Next!);
        await Server(joined, default);
        Assert.Equal(("efg", "z"), (Text("stdout"), Text("stderr")));
        Assert.Equal([7L, 8L], taken.Select(chunk => chunk.Sequence));
        Assert.Equal((4L, 2L), (taken.First(c => c.Stream == "stdout").Offset, taken.First(c => c.Stream == "stderr").Offset));
    }

    private string Text(string stream) => string.Concat(taken.Where(c => c.Stream == stream).Select(c => Encoding.UTF8.GetString(c.Data)));

    private Task<Reply<OutputTaken>> Server(OutputChunk[] chunks, CancellationToken cancellation)
    {
        if (chunks[0].Sequence > sequence)
        {
            var next = new NextOutput(sequence, stdout, stderr);
            var gap = new Problem { Type = ProblemTypes.OutputGap, Title = "gap", Status = 409, Error = "gap", Next = next };
            return Task.FromResult(new Reply<OutputTaken>(null, gap, null));
        }
        taken.AddRange(chunks);
        sequence += chunks.Length;
        return Task.FromResult(new Reply<OutputTaken>(null, null, null));
    }
}
