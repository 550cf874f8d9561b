using System.Text;
using CsCheck;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Tests.Output;

public sealed class OutputBufferTests
{
    [Fact]
    public void What_goes_in_comes_out_in_order_and_per_stream()
    {
        Gen.Select(Gen.Bool, Gen.Byte.Array[0, 300]).List[0, 60].Sample(writes =>
        {
            var buffer = new OutputBuffer(int.MaxValue);
            foreach (var (isOut, bytes) in writes)
                buffer.Add(isOut ? OutputStream.Stdout : OutputStream.Stderr, bytes, 0);
            var pieces = TakeAll(buffer);
            foreach (var isOut in (bool[])[true, false])
            {
                var stream = isOut ? OutputStream.Stdout : OutputStream.Stderr;
                var taken = pieces.Where(p => p.Stream == stream).SelectMany(p => p.Bytes.ToArray());
                Assert.Equal(writes.Where(w => w.Item1 == isOut).SelectMany(w => w.Item2), taken);
            }
            Assert.True(buffer.IsEmpty);
            Assert.Equal(0, buffer.Bytes);
        });
    }

    [Fact]
    public void Over_the_bound_the_middle_is_cut_and_a_mark_says_how_much()
    {
        var buffer = new OutputBuffer(400_000);
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i:d6}\n"));
        foreach (var part in text.Chunk(10_000))
        {
            buffer.Add(OutputStream.Stdout, Encoding.ASCII.GetBytes(part), 0);
            if (buffer.IsFull) buffer.CutMiddle();
            Assert.False(buffer.IsFull);
        }
        var kept = Encoding.ASCII.GetString([.. TakeAll(buffer).SelectMany(p => p.Bytes.ToArray())]);
        var (head, mark, tail) = Split(kept);
        Assert.StartsWith(head, text, StringComparison.Ordinal);
        Assert.EndsWith(tail, text, StringComparison.Ordinal);
        Assert.Equal(text.Length, head.Length + tail.Length + mark);
        Assert.InRange(head.Length, 100_000, 200_000);
        Assert.InRange(tail.Length, 100_000, 200_000);
    }

    [Fact]
    public void Memory_stays_within_the_bound_however_small_the_writes_are()
    {
        var buffer = new OutputBuffer(100_000);
        for (var i = 0; i < 50_000; i++)
        {
            buffer.Add(i % 2 == 0 ? OutputStream.Stdout : OutputStream.Stderr, "x"u8, 0);
            if (buffer.IsFull) buffer.CutMiddle();
        }
        var pieces = TakeAll(buffer);
        Assert.InRange(pieces.Sum(piece => piece.Cost), 1, 101_000);
        Assert.Equal(2, pieces.Count(p => Encoding.ASCII.GetString(p.Bytes).Contains("bytes cut", StringComparison.Ordinal)));
    }

    [Fact]
    public void After_a_cut_was_taken_it_goes_on_as_new()
    {
        var buffer = new OutputBuffer(1000);
        buffer.Add(OutputStream.Stdout, new byte[200_000], 0);
        buffer.CutMiddle();
        Assert.NotEmpty(TakeAll(buffer));
        buffer.Add(OutputStream.Stdout, "after"u8, 0);
        Assert.Equal("after", Encoding.ASCII.GetString(Assert.Single(TakeAll(buffer)).Bytes));
    }

    [Fact]
    public void A_call_takes_at_most_what_it_may_carry()
    {
        var buffer = new OutputBuffer(int.MaxValue);
        buffer.Add(OutputStream.Stdout, new byte[1_000_000], 0);
        Assert.Equal(2 * PendingChunk.Largest, buffer.TakeOldest(2 * PendingChunk.Largest, 100).Sum(p => p.Length));
        Assert.Equal(3, buffer.TakeOldest(int.MaxValue, 3).Count);
        Assert.Single(buffer.TakeOldest(1, 100));
    }

    private static List<PendingChunk> TakeAll(OutputBuffer buffer)
    {
        var all = new List<PendingChunk>();
        while (!buffer.IsEmpty)
            all.AddRange(buffer.TakeOldest(100_000, 50));
        return all;
    }

    private static (string Head, int Cut, string Tail) Split(string kept)
    {
        const string Before = "\n[... ", After = " bytes cut ...]\n";
        var (from, to) = (kept.IndexOf(Before, StringComparison.Ordinal), kept.IndexOf(After, StringComparison.Ordinal));
        var digits = kept.AsSpan(from + Before.Length, to - from - Before.Length);
        var number = int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        return (kept[..from], number, kept[(to + After.Length)..]);
    }
}
