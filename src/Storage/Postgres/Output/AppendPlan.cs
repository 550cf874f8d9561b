using OpenClaw.GrainInterfaces.Output;
using OpenClaw.Storage.Output;

namespace OpenClaw.Storage.Postgres.Output;

/// <summary>What an append does to the rows: chunks to add, and the run of the tail's rows that falls out.</summary>
internal sealed record AppendPlan(OutputState After, IReadOnlyList<OutputChunk> Added, long CutFrom, long CutTo)
{
    /// <summary>
    /// The plan for chunks that join; null with a sequence from which on the lengths of stored chunks have to be read first. Pure.
    /// </summary>
    public static AppendPlan? FromChunks(OutputState state, IReadOnlyList<OutputChunk> chunks, OutputLimits limits, out long missing)
    {
        var before = state.Position;
        var stored = before.Cursor.NextSequence;
        var fresh = chunks.Where(chunk => chunk.Sequence >= stored).ToList();
        var after = fresh.Aggregate(before, (position, chunk) => position.AdvanceBy(chunk, limits));
        missing = -1;
        if (after.TailFrom is not { } tail) return new(state with { IsStored = true, Position = after }, fresh, 0, 0);
        var (from, bytes) = (tail, after.TailBytes);
        for (; bytes > limits.Tail; from++)
        {
            var length = from >= stored ? fresh[(int)(from - stored)].Data.Length : state.FindLength(from);
            if (length is not { } known)
            {
                missing = from;
                return null;
            }
            bytes -= known;
        }
        var added = fresh.Where(chunk => chunk.Sequence < tail || chunk.Sequence >= from).ToList();
        after = after with { TailFrom = from, TailBytes = bytes };
        return new(state with { IsStored = true, Position = after }, added, tail, Math.Min(from, stored));
    }
}
