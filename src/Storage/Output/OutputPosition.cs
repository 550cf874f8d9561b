using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Storage.Output;

/// <summary>
/// Where an attempt's output stands: the cursor, how much of head and tail is kept, and the first sequence of the tail (null
/// while everything still fits the head).
/// </summary>
internal readonly record struct OutputPosition(OutputCursor Cursor, long HeadBytes, long TailBytes, long? TailFrom)
{
    /// <summary>The position after a chunk that joins: to the head while it fits there whole and nothing was cut to the tail yet.</summary>
    public OutputPosition AdvanceBy(OutputChunk chunk, OutputLimits limits)
    {
        var toHead = TailFrom is null && HeadBytes + chunk.Data.Length <= limits.Head;
        return new OutputPosition(
            AdvanceCursor(Cursor, chunk),
            toHead ? HeadBytes + chunk.Data.Length : HeadBytes,
            toHead ? TailBytes : TailBytes + chunk.Data.Length,
            toHead ? null : TailFrom ?? chunk.Sequence);
    }

    /// <summary>The position behind a whole output of which nothing has to be cut.</summary>
    public static OutputPosition FromWhole(IReadOnlyList<OutputChunk> chunks) =>
        new(chunks.Aggregate(default(OutputCursor), AdvanceCursor), chunks.Sum(chunk => (long)chunk.Data.Length), 0, null);

    /// <summary>Where a log begins that goes on after another one: it has kept nothing yet.</summary>
    public static OutputPosition BeginAfter(OutputPosition? other) => new(other?.Cursor ?? default, 0, 0, null);

    /// <summary>How chunks join a cursor: all known already, some new ones next in line, or a gap.</summary>
    public static AppendResult JudgeAppend(OutputCursor cursor, IReadOnlyList<OutputChunk> chunks)
    {
        var start = cursor.NextSequence;
        foreach (var chunk in chunks)
        {
            if (chunk.Sequence < cursor.NextSequence) continue;
            var offset = chunk.Stream == OutputStream.Stdout ? cursor.StdoutOffset : cursor.StderrOffset;
            if (chunk.Sequence > cursor.NextSequence || chunk.Offset != offset) return AppendResult.Gap;
            cursor = AdvanceCursor(cursor, chunk);
        }
        return cursor.NextSequence == start ? AppendResult.Duplicate : AppendResult.Appended;
    }

    private static OutputCursor AdvanceCursor(OutputCursor cursor, OutputChunk chunk) => chunk.Stream == OutputStream.Stdout
        ? cursor with { NextSequence = cursor.NextSequence + 1, StdoutOffset = cursor.StdoutOffset + chunk.Data.Length }
        : cursor with { NextSequence = cursor.NextSequence + 1, StderrOffset = cursor.StderrOffset + chunk.Data.Length };
}
