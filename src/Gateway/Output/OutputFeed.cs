using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// The latest output of one followed task, kept in memory for its readers: an unbroken run of chunks of one attempt. It is a copy of
/// what is durable; whoever is behind it reads the store. Bounded for the task and, by the budget, over all tasks of the process.
/// </summary>
internal sealed class OutputFeed(Guid task, FeedBudget budget)
{
    /// <summary>What a chunk costs beside its bytes.</summary>
    private const int Overhead = 160;

    // Chunks come from uploads through this gateway and from what the poller read of the store, side by side and in any order; readers
    // come, copy and leave. Held for the lists alone: the store is read outside of it.
    private readonly Lock gate = new();
    private readonly List<OutputChunk> run = [];
    private readonly List<OutputWatch> watches = [];
    private bool closed;
    private bool fresh;
    private int attempt;
    private long cost;
    private long next = Unknown;

    /// <summary>Nobody has found out yet how much the store has.</summary>
    public const long Unknown = -1;

    public Guid Task => task;

    /// <summary>Up to where the output of the latest attempt is known here.</summary>
    public (int Attempt, long Next) KnownEnd { get { lock (gate) return (attempt, next); } }

    /// <summary>False when the feed has been closed: take another one.</summary>
    public bool TryAddWatch(OutputWatch watch)
    {
        lock (gate)
        {
            if (closed) return false;
            watches.Add(watch);
            return true;
        }
    }

    /// <summary>True when it was the last one: then the feed is closed and holds nothing any more.</summary>
    public bool RemoveWatch(OutputWatch watch)
    {
        lock (gate)
        {
            if (!watches.Remove(watch) || watches.Count > 0) return false;
            closed = true;
            DropOldest(run.Count);
            return true;
        }
    }

    /// <summary>Something happened to the task.</summary>
    public void WakeReaders()
    {
        lock (gate)
            foreach (var watch in watches) watch.WakeReader();
    }

    /// <summary>Chunks that became durable, in order.</summary>
    public void PublishChunks(IReadOnlyList<OutputChunk> chunks)
    {
        lock (gate)
        {
            if (closed) return;
            fresh = true;
            foreach (var chunk in chunks) AppendChunk(chunk);
            while (run.Count > 0 && (cost > FeedBudget.PerTask || budget.IsOver)) DropOldest(Math.Max(1, run.Count / 8));
            foreach (var watch in watches) watch.WakeReader();
        }
    }

    /// <summary>The store had nothing at or after a sequence, just now.</summary>
    public void AdvanceTo(int ofAttempt, long sequence)
    {
        lock (gate)
        {
            if (ofAttempt > attempt) RestartAt(ofAttempt, sequence);
            else if (ofAttempt == attempt && next < sequence) next = sequence;
        }
    }

    /// <summary>Forgets the chunks when nothing was published since it was last asked; how far the output goes stays known.</summary>
    public void DropIfIdle()
    {
        lock (gate)
        {
            if (!fresh) DropOldest(run.Count);
            fresh = false;
        }
    }

    /// <summary>
    /// Chunks from a sequence; none when there is nothing newer; null when the store has to be asked.
    /// </summary>
    public IReadOnlyList<OutputChunk>? ReadChunks(int ofAttempt, long sequence, int maxBytes)
    {
        lock (gate)
        {
            if (ofAttempt != attempt || next == Unknown) return null;
            if (sequence >= next) return [];
            if (run.Count == 0 || sequence < run[0].Sequence || sequence > run[^1].Sequence) return null;
            var found = new List<OutputChunk>();
            long bytes = 0;
            for (var i = (int)(sequence - run[0].Sequence); i < run.Count && (found.Count == 0 || bytes < maxBytes); i++)
            {
                found.Add(run[i]);
                bytes += run[i].Data.Length;
            }
            return found;
        }
    }

    private void AppendChunk(OutputChunk chunk)
    {
        if (chunk.Attempt < attempt || (chunk.Attempt == attempt && chunk.Sequence < next)) return;
        // A later attempt, or some of it went through another gateway: what is kept would not join.
        if (chunk.Attempt > attempt || run.Count == 0 || run[^1].Sequence + 1 != chunk.Sequence) RestartAt(chunk.Attempt, chunk.Sequence);
        run.Add(chunk);
        next = chunk.Sequence + 1;
        AddCost(chunk.Data.Length + Overhead);
    }

    private void RestartAt(int toAttempt, long sequence)
    {
        DropOldest(run.Count);
        (attempt, next) = (toAttempt, sequence);
    }

    private void DropOldest(int count)
    {
        for (var i = 0; i < count; i++) AddCost(-(run[i].Data.Length + Overhead));
        run.RemoveRange(0, count);
    }

    private void AddCost(int bytes)
    {
        cost += bytes;
        budget.AddCost(bytes);
    }
}

/// <summary>How much all feeds of a process hold together.</summary>
internal sealed class FeedBudget(long total = 64 << 20)
{
    /// <summary>Most that one task's feed holds, bytes.</summary>
    public const int PerTask = 4 << 20;

    private long held;

    public bool IsOver => Interlocked.Read(ref held) > total;

    /// <summary>Bytes that all followed tasks hold together.</summary>
    public long Held => Interlocked.Read(ref held);

    public void AddCost(long bytes) => Interlocked.Add(ref held, bytes);
}
