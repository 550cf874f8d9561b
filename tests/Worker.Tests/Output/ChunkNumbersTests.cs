using CsCheck;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Tests.Output;

public sealed class ChunkNumbersTests
{
    private readonly ChunkNumbers numbers = new();

    [Fact]
    public void The_sequence_counts_over_both_streams_and_the_offset_in_each()
    {
        var chunks = numbers.NumberChunks([Piece(OutputStream.Stdout, 3), Piece(OutputStream.Stderr, 5), Piece(OutputStream.Stdout, 7)]);
        Assert.Equal(["stdout 0 0 3", "stderr 1 0 5", "stdout 2 3 7"], chunks.Select(Words));
        Assert.Equal(["stderr 3 5 1"], numbers.NumberChunks([Piece(OutputStream.Stderr, 1)]).Select(Words));
    }

    [Fact]
    public void What_the_server_has_is_not_sent_again()
    {
        var chunks = Some();
        Assert.Equal(["stderr 1 0 5", "stdout 2 3 7"], numbers.RejoinAt(chunks, new NextOutput(1, 3, 0)).Select(Words));
        Assert.Empty(numbers.RejoinAt(chunks, new NextOutput(3, 10, 5)));
    }

    [Fact]
    public void A_server_that_has_less_than_we_still_know_gets_the_rest_where_it_stands()
    {
        Some();
        var later = numbers.NumberChunks([Piece(OutputStream.Stdout, 4), Piece(OutputStream.Stderr, 2)]);
        Assert.Equal(["stdout 1 3 4", "stderr 2 0 2"], numbers.RejoinAt(later, new NextOutput(1, 3, 0)).Select(Words));
        Assert.Equal(["stdout 3 7 1"], numbers.NumberChunks([Piece(OutputStream.Stdout, 1)]).Select(Words));
    }

    [Fact]
    public void A_server_that_has_more_than_we_ever_sent_gets_nothing_of_it_again()
    {
        Assert.Empty(numbers.RejoinAt(Some(), new NextOutput(9, 30, 40)));
        Assert.Equal(["stdout 9 30 1"], numbers.NumberChunks([Piece(OutputStream.Stdout, 1)]).Select(Words));
    }

    [Fact]
    public void Chunks_read_back_from_disk_rejoin_as_well()
    {
        var later = Some()[1..];
        Assert.Equal(["stderr 0 0 5", "stdout 1 0 7"],
            ChunkNumbers.ContinueAfter(later).RejoinAt(later, new NextOutput(0, 0, 0)).Select(Words));
        Assert.Equal(["stdout 2 3 7"], ChunkNumbers.ContinueAfter(later).RejoinAt(later, new NextOutput(2, 3, 5)).Select(Words));
    }

    [Fact]
    public void A_chunk_of_which_the_server_has_the_beginning_goes_on_behind_it()
    {
        var chunks = Some();
        Assert.Equal(["stderr 1 2 3", "stdout 2 3 7"], numbers.RejoinAt(chunks, new NextOutput(1, 3, 2)).Select(Words));
        // It numbers otherwise: it took the first in smaller ones, of another daemon.
        Assert.Equal(["stderr 9 0 5", "stdout 10 5 5"], numbers.RejoinAt(chunks, new NextOutput(9, 5, 0)).Select(Words));
        Assert.Equal(["stderr 11 5 1"], numbers.NumberChunks([Piece(OutputStream.Stderr, 1)]).Select(Words));
    }

    [Fact]
    public void Chunks_are_split_where_they_are_too_large_and_those_behind_are_numbered_anew()
    {
        var split = numbers.SplitChunks(Some(), 3);
        Assert.Equal(["stdout 0 0 3", "stderr 1 0 3", "stderr 2 3 2", "stdout 3 3 3", "stdout 4 6 3", "stdout 5 9 1"], split.Select(Words));
        Assert.Equal(["stdout 6 10 2"], numbers.NumberChunks([Piece(OutputStream.Stdout, 2)]).Select(Words));
        Assert.Equal(split.Select(Words), numbers.SplitChunks(split, 3).Select(Words));
        Assert.Empty(numbers.SplitChunks([], 3));
    }

    [Fact]
    public void Split_and_rejoined_in_any_way_the_bytes_are_the_same() =>
        Gen.Select(Gen.Int[1, 40].Array[1, 12], Gen.Bool.Array[12], Gen.Int[1, 17], Gen.Int[0, 40], Gen.Int[0, 40])
            .Sample((lengths, streams, most, haveOut, haveErr) =>
        {
            var own = new ChunkNumbers();
            var chunks = own.NumberChunks(
                [.. lengths.Zip(streams, (length, first) => Piece(first ? OutputStream.Stdout : OutputStream.Stderr, length))]);
            foreach (var chunk in chunks) Random.Shared.NextBytes(chunk.Data);
            var (allOut, allErr) = (Bytes(chunks, "stdout"), Bytes(chunks, "stderr"));
            (haveOut, haveErr) = (Math.Min(haveOut, allOut.Length), Math.Min(haveErr, allErr.Length));
            var rest = own.RejoinAt(own.SplitChunks(chunks, most), new NextOutput(100, haveOut, haveErr));
            Assert.Equal(allOut[haveOut..], Bytes(rest, "stdout"));
            Assert.Equal(allErr[haveErr..], Bytes(rest, "stderr"));
            Assert.Equal(Enumerable.Range(100, rest.Length).Select(n => (long)n), rest.Select(chunk => chunk.Sequence));
            Assert.All(rest, chunk => Assert.InRange(chunk.Data.Length, 1, most));
        });

    private static byte[] Bytes(OutputChunk[] chunks, string stream) =>
        [.. chunks.Where(chunk => chunk.Stream == stream).SelectMany(chunk => chunk.Data)];

    private static string Words(OutputChunk chunk) => $"{chunk.Stream} {chunk.Sequence} {chunk.Offset} {chunk.Data.Length}";

    private static PendingChunk Piece(OutputStream stream, int length)
    {
        var piece = new PendingChunk(stream, 0);
        piece.Append(new byte[length]);
        return piece;
    }

    private OutputChunk[] Some() =>
        numbers.NumberChunks([Piece(OutputStream.Stdout, 3), Piece(OutputStream.Stderr, 5), Piece(OutputStream.Stdout, 7)]);
}
