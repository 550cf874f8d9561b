using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Output;

/// <summary>Gives pieces their place in the attempt's output: a sequence over both streams, an offset in each.</summary>
internal sealed class ChunkNumbers
{
    private long sequence;
    private long stdout;
    private long stderr;

    public OutputChunk[] Number(IReadOnlyList<OutputPiece> pieces) =>
        [.. pieces.Select(piece => Place(piece.Stream, piece.Detach(), piece.Elapsed))];

    /// <summary>
    /// The server says where it stands: what it has is left out. When it stands before the oldest we still have, or after all we
    /// ever numbered, the rest is renumbered to join what it has, so that the output goes on instead of never.
    /// </summary>
    public OutputChunk[] Rejoin(IReadOnlyList<OutputChunk> unsent, NextOutput next)
    {
        if (unsent.Count == 0 || next.NextSequence > sequence)
        {
            (sequence, stdout, stderr) = (next.NextSequence, next.StdoutOffset, next.StderrOffset);
            return [];
        }
        var rest = unsent.Where(chunk => chunk.Sequence >= next.NextSequence).ToArray();
        if (Joins(rest, next))
            return rest;
        (sequence, stdout, stderr) = (next.NextSequence, next.StdoutOffset, next.StderrOffset);
        return [.. rest.Select(chunk => Place(chunk.Stream == Stdout ? OutputStream.Stdout : OutputStream.Stderr, chunk.Data, chunk.Elapsed))];
    }

    /// <summary>Counters that stand where the server stands.</summary>
    public void GoOnFrom(NextOutput next) => (sequence, stdout, stderr) = (next.NextSequence, next.StdoutOffset, next.StderrOffset);

    /// <summary>Counters that stand behind these chunks, for a result read back from disk.</summary>
    public static ChunkNumbers Behind(IReadOnlyList<OutputChunk> chunks)
    {
        var numbers = new ChunkNumbers();
        foreach (var chunk in chunks)
        {
            numbers.sequence = chunk.Sequence + 1;
            if (chunk.Stream == Stdout)
                numbers.stdout = chunk.Offset + chunk.Data.Length;
            else
                numbers.stderr = chunk.Offset + chunk.Data.Length;
        }
        return numbers;
    }

    private const string Stdout = "stdout";
    private const string Stderr = "stderr";

    private static bool Joins(OutputChunk[] rest, NextOutput next)
    {
        if (rest.Length == 0 || rest[0].Sequence != next.NextSequence)
            return rest.Length == 0;
        var firstOut = rest.FirstOrDefault(chunk => chunk.Stream == Stdout);
        var firstErr = rest.FirstOrDefault(chunk => chunk.Stream == Stderr);
        return (firstOut?.Offset ?? next.StdoutOffset) == next.StdoutOffset && (firstErr?.Offset ?? next.StderrOffset) == next.StderrOffset;
    }

    private OutputChunk Place(OutputStream stream, byte[] data, long? elapsed)
    {
        ref var offset = ref stream == OutputStream.Stdout ? ref stdout : ref stderr;
        var name = stream == OutputStream.Stdout ? Stdout : Stderr;
        var chunk = new OutputChunk { Stream = name, Sequence = sequence++, Offset = offset, Elapsed = elapsed, Data = data };
        offset += data.Length;
        return chunk;
    }
}
