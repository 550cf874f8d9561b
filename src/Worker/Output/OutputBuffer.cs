using OpenClaw.Protocol.Output;
using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Output;

/// <summary>
/// What was printed and not yet sent, within a bound of memory. Over the bound the middle is cut: the first half stays, the newest
/// stays, and a mark stands where something is missing. Not safe for two threads.
/// </summary>
internal sealed class OutputBuffer(int capacity)
{
    private readonly LinkedList<PendingChunk> head = [];
    private readonly LinkedList<PendingChunk> tail = [];
    private long headCost;
    private long tailCost;
    private long stdoutCut;
    private long stderrCut;
    private long cutAt;
    private bool cut;

    public bool IsEmpty => head.Count == 0 && tail.Count == 0 && !cut;
    public bool IsFull => headCost + tailCost > capacity;
    public long Bytes { get; private set; }

    public void Add(OutputStream stream, ReadOnlySpan<byte> bytes, long elapsed)
    {
        var list = cut ? tail : head;
        ref var cost = ref cut ? ref tailCost : ref headCost;
        Bytes += bytes.Length;
        while (bytes.Length > 0)
        {
            if (list.Last?.Value is not { } piece || !piece.CanAppend(stream, elapsed))
            {
                piece = new PendingChunk(stream, elapsed);
                list.AddLast(piece);
                cost += piece.Cost;
            }
            cost -= piece.Cost;
            bytes = bytes[piece.Append(bytes)..];
            cost += piece.Cost;
        }
    }

    /// <summary>Takes out of the middle until it is within the bound again.</summary>
    public void CutMiddle()
    {
        if (!cut)
        {
            cut = true;
            while (headCost > capacity / 2 && head.Last is { } last)
            {
                head.RemoveLast();
                tail.AddFirst(last);
                headCost -= last.Value.Cost;
                tailCost += last.Value.Cost;
            }
        }
        while (IsFull && tail.First is { } oldest)
        {
            tail.RemoveFirst();
            tailCost -= oldest.Value.Cost;
            Bytes -= oldest.Value.Length;
            cutAt = oldest.Value.Elapsed;
            (oldest.Value.Stream == OutputStream.Stdout ? ref stdoutCut : ref stderrCut) += oldest.Value.Length;
        }
    }

    /// <summary>Removes the oldest pieces, at most so many bytes and pieces together, at least one.</summary>
    public List<PendingChunk> TakeOldest(int maxBytes, int maxPieces)
    {
        var taken = new List<PendingChunk>();
        var bytes = 0;
        while (taken.Count < maxPieces)
        {
            if (head.First is null && cut) RejoinTail();
            if (head.First is not { } first || (taken.Count > 0 && bytes + first.Value.Length > maxBytes)) break;
            head.RemoveFirst();
            headCost -= first.Value.Cost;
            bytes += first.Value.Length;
            Bytes -= first.Value.Length;
            taken.Add(first.Value);
        }
        return taken;
    }

    /// <summary>What came before the cut is out: the marks and what came after it are next.</summary>
    private void RejoinTail()
    {
        cut = false;
        var (out1, err1) = (stdoutCut, stderrCut);
        (stdoutCut, stderrCut) = (0, 0);
        var elapsed = tail.First?.Value.Elapsed ?? cutAt;
        AddCutMark(OutputStream.Stdout, out1, elapsed);
        AddCutMark(OutputStream.Stderr, err1, elapsed);
        while (tail.First is { } first)
        {
            tail.RemoveFirst();
            head.AddLast(first);
        }
        headCost += tailCost;
        tailCost = 0;
    }

    private void AddCutMark(OutputStream stream, long bytes, long elapsed)
    {
        if (bytes > 0) Add(stream, CutMark.ToBytes(bytes), elapsed);
    }
}
