using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Output;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Output;

/// <summary>Gives pieces their place in the attempt's output: a sequence over both streams, an offset in each.</summary>
internal sealed class ChunkNumbers
{
    private long sequence;
    private long stdout;
    private long stderr;

    public OutputChunk[] NumberChunks(IReadOnlyList<PendingChunk> pieces) =>
        [.. pieces.Select(piece =>
            CreateChunk(piece.Stream == OutputStream.Stdout ? StreamNames.Stdout : StreamNames.Stderr, piece.DetachBytes(),
                piece.Elapsed))];

    /// <summary>
    /// The server says where it stands: the bytes it has are left out. When the rest does not join what it has (it stands before the oldest
    /// we still have, or numbered otherwise), it is renumbered, so that the output goes on instead of never.
    /// </summary>
    public OutputChunk[] RejoinAt(IReadOnlyList<OutputChunk> unsent, NextOutput next)
    {
        var rest = unsent.Select(chunk => ContinueAfter(chunk, next)).OfType<OutputChunk>().ToArray();
        if (rest.Length > 0 && IsContiguous(rest, next)) return rest;
        ResumeFrom(next);
        return [.. rest.Select(chunk => CreateChunk(chunk.Stream, chunk.Data, chunk.Elapsed))];
    }

    /// <summary>The same bytes in chunks of at most so many. None was taken by the server yet: those behind are numbered anew.</summary>
    public OutputChunk[] SplitChunks(IReadOnlyList<OutputChunk> unsent, int most)
    {
        if (unsent.Count == 0) return [];
        var parts = new List<OutputChunk>();
        foreach (var chunk in unsent)
        {
            for (var at = 0; at == 0 || at < chunk.Data.Length; at += most)
            {
                var data = chunk.Data.Length <= most ? chunk.Data : chunk.Data[at..Math.Min(at + most, chunk.Data.Length)];
                parts.Add(chunk with { Sequence = unsent[0].Sequence + parts.Count, Offset = chunk.Offset + at, Data = data });
            }
        }
        sequence = unsent[0].Sequence + parts.Count;
        return [.. parts];
    }

    /// <summary>Counters that stand where the server stands.</summary>
    public void ResumeFrom(NextOutput next) => (sequence, stdout, stderr) = (next.NextSequence, next.StdoutOffset, next.StderrOffset);

    /// <summary>Counters that stand behind these chunks, for a result read back from disk.</summary>
    public static ChunkNumbers ContinueAfter(IReadOnlyList<OutputChunk> chunks)
    {
        var numbers = new ChunkNumbers();
        foreach (var chunk in chunks)
        {
            numbers.sequence = chunk.Sequence + 1;
            if (chunk.Stream == StreamNames.Stdout)
                numbers.stdout = chunk.Offset + chunk.Data.Length;
            else
                numbers.stderr = chunk.Offset + chunk.Data.Length;
        }
        return numbers;
    }


    private static bool IsContiguous(OutputChunk[] rest, NextOutput next)
    {
        var firstOut = rest.FirstOrDefault(chunk => chunk.Stream == StreamNames.Stdout);
        var firstErr = rest.FirstOrDefault(chunk => chunk.Stream == StreamNames.Stderr);
        return rest.Index().All(part => part.Item.Sequence == next.NextSequence + part.Index)
            && (firstOut?.Offset ?? next.StdoutOffset) == next.StdoutOffset && (firstErr?.Offset ?? next.StderrOffset) == next.StderrOffset;
    }

    /// <summary>What of a chunk the server does not have; null: it has it all.</summary>
    private static OutputChunk? ContinueAfter(OutputChunk chunk, NextOutput next)
    {
        var known = (chunk.Stream == StreamNames.Stdout ? next.StdoutOffset : next.StderrOffset) - chunk.Offset;
        return known >= chunk.Data.Length ? null
            : known <= 0 ? chunk
            : chunk with { Offset = chunk.Offset + known, Data = chunk.Data[(int)known..] };
    }

    private OutputChunk CreateChunk(string stream, byte[] data, long? elapsed)
    {
        ref var offset = ref stream == StreamNames.Stdout ? ref stdout : ref stderr;
        var chunk = new OutputChunk { Stream = stream, Sequence = sequence++, Offset = offset, Elapsed = elapsed, Data = data };
        offset += data.Length;
        return chunk;
    }
}
