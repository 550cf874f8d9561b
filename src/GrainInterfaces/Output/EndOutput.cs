namespace OpenClaw.GrainInterfaces.Output;

/// <summary>
/// All that an attempt printed, when that is little: it is handed over with the end and made durable by the same commit. A task that prints
/// a line then costs no commit and no question more than one that prints nothing.
/// </summary>
[GenerateSerializer, Immutable, Alias("EndOutput")]
public sealed record EndOutput([property: Id(0)] EndChunk[] Chunks)
{
    /// <summary>
    /// More than this goes by a commit of its own. A task's grain remembers it for the second in which those who wait read the end.
    /// </summary>
    public const int MostBytes = 8 * 1024;

    private const int MostChunks = 32;

    /// <summary>Bytes of both streams.</summary>
    public int Bytes => Chunks.Sum(chunk => chunk.Data.Length);

    /// <summary>The chunks as an end has them; null: they are too many, too large or not all of the output. Empty for none.</summary>
    public static EndOutput? FromChunks(IReadOnlyList<OutputChunk> chunks)
    {
        if (chunks.Count > MostChunks || chunks.Sum(chunk => (long)chunk.Data.Length) > MostBytes) return null;
        var output = new EndOutput([.. chunks.Select(chunk => new EndChunk(chunk.Stream, chunk.Data.ToArray(), chunk.At, chunk.Elapsed))]);
        var whole = output.ToChunks(0);
        for (var i = 0; i < chunks.Count; i++)
        {
            if (chunks[i].Sequence != whole[i].Sequence || chunks[i].Offset != whole[i].Offset) return null;
        }
        return output;
    }

    /// <summary>The chunks of an attempt, numbered from the first.</summary>
    public List<OutputChunk> ToChunks(int attempt)
    {
        var (chunks, cursor) = (new List<OutputChunk>(Chunks.Length), default(OutputCursor));
        foreach (var chunk in Chunks)
        {
            var isStdout = chunk.Stream == OutputStream.Stdout;
            var offset = isStdout ? cursor.StdoutOffset : cursor.StderrOffset;
            chunks.Add(new(attempt, chunk.Stream, cursor.NextSequence, offset, chunk.Data, chunk.At) { Elapsed = chunk.Elapsed });
            cursor = isStdout
                ? cursor with { NextSequence = cursor.NextSequence + 1, StdoutOffset = offset + chunk.Data.Length }
                : cursor with { NextSequence = cursor.NextSequence + 1, StderrOffset = offset + chunk.Data.Length };
        }
        return chunks;
    }
}

/// <summary>One chunk of it. Its number and its place follow from those before it.</summary>
[GenerateSerializer, Immutable, Alias("EndChunk")]
public sealed record EndChunk(
    [property: Id(0)] OutputStream Stream,
    [property: Id(1)] byte[] Data,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] long? Elapsed);
