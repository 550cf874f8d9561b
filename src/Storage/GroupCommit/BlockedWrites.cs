using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace OpenClaw.Storage.GroupCommit;

/// <summary>
/// Writes that wait for a foreign lock (of a session left open by a person, of a script), kept apart from all others and on a connection
/// of their own: whatever they wait for, the writer goes on. Order of arrival is kept for each key.
/// </summary>
internal sealed class BlockedWrites<TOperation> : IDisposable where TOperation : WriteOperation
{
    /// <summary>How many may wait. More than these wait for a whole table rather than for rows.</summary>
    private const int Most = 10_000;

    /// <summary>Most of what shared a batch with a blocked write is free: so many are tried together before each is tried alone.</summary>
    private const int Portion = 20;

    private static readonly TimeSpan BlockedTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>After it was given up, the next write of its key is tried here first.</summary>
    private static readonly TimeSpan RememberGivenUpFor = TimeSpan.FromSeconds(60);

    private readonly IBatchTarget<TOperation> target;
    private readonly WriteRefusals refusals;
    private readonly ILogger log;
    private readonly Thread thread;
    private readonly Lock gate = new();
    private readonly List<Entry> entries = [];
    private readonly Dictionary<WriteKey, int> waiting = [];
    private readonly Dictionary<WriteKey, long> givenUp = [];
    private readonly AutoResetEvent changed = new(initialState: false);
    private volatile bool isEmpty = true;
    private volatile bool closing;

    public BlockedWrites(IBatchTarget<TOperation> target, WriteRefusals refusals, ILogger log, string name)
    {
        (this.target, this.refusals, this.log) = (target, refusals, log);
        thread = new Thread(RunLoop) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>
    /// Takes a write when one of its key is here, or was and was given up: it must not overtake that one, nor block the others.
    /// </summary>
    public bool TryJoin(TOperation operation)
    {
        if (isEmpty || operation.Key is not { } key) return false;
        lock (gate)
        {
            if (!waiting.ContainsKey(key) && !givenUp.ContainsKey(key)) return false;
            AddEntry(operation);
        }
        changed.Set();
        return true;
    }

    /// <summary>Takes a batch of which some write is blocked.</summary>
    public void AddBatch(IReadOnlyList<TOperation> batch)
    {
        lock (gate)
        {
            if (entries.Count == 0) log.WritesBlocked(batch.Count, BlockedTimeout.TotalSeconds);
            foreach (var operation in batch)
            {
                if (entries.Count < Most) AddEntry(operation);
                else operation.Fail(CreateLockError(null));
            }
        }
        changed.Set();
    }

    /// <summary>Tries what is left once more, and fails the rest.</summary>
    public void Dispose()
    {
        closing = true;
        changed.Set();
        thread.Join();
        target.Dispose();
        changed.Dispose();
    }

    private void AddEntry(TOperation operation)
    {
        entries.Add(new Entry(operation));
        if (operation.Key is { } key) waiting[key] = waiting.GetValueOrDefault(key) + 1;
        isEmpty = false;
    }

    private void RunLoop()
    {
        while (true)
        {
            var isLast = closing;
            foreach (var entry in CollectExpired()) GiveUp(entry, null);
            var (portion, pause) = ChoosePortion(isLast);
            if (portion.Count > 0) CommitPortion(portion, isLast);
            else if (isLast) return;
            else changed.WaitOne(pause);
        }
    }

    /// <summary>
    /// What is tried next: those that were not tried here yet, together, else one that is due; of each key the first. And how long nothing
    /// is to be done when there is none.
    /// </summary>
    private (List<Entry> Portion, TimeSpan Pause) ChoosePortion(bool all)
    {
        lock (gate)
        {
            var keys = new HashSet<WriteKey>();
            var portion = new List<Entry>(Portion);
            Entry? due = null;
            var pause = givenUp.Count > 0 ? RememberGivenUpFor : Timeout.InfiniteTimeSpan;
            foreach (var entry in entries)
            {
                if (entry.Operation.Key is { } key && !keys.Add(key)) continue;
                if (entry.Pause == TimeSpan.Zero && portion.Count < Portion) portion.Add(entry);
                var left = all ? TimeSpan.Zero : entry.Pause - Stopwatch.GetElapsedTime(entry.Tried);
                if (left <= TimeSpan.Zero) due = due is null || entry.Tried < due.Tried ? entry : due;
                else if (pause == Timeout.InfiniteTimeSpan || left < pause) pause = left;
            }
            return (portion.Count > 0 || due is null ? portion : [due], pause);
        }
    }

    private void CommitPortion(List<Entry> portion, bool isLast)
    {
        try
        {
            target.Commit(portion.ConvertAll(entry => entry.Operation));
            refusals.NoteTaken();
            foreach (var entry in portion) RemoveEntry(entry, isGivenUp: false).Complete();
        }
        catch (Exception error) when (portion.Count > 1 && !target.IsOutcomeUnknown(error))
        {
            foreach (var entry in portion) CommitPortion([entry], isLast);
        }
        catch (Exception error) when (target.IsBlockedByLock(error))
        {
            ScheduleRetry(portion[0], error, isLast);
        }
        catch (Exception error)
        {
            var cause = error;
            if (target.IsOutcomeUnknown(error))
            {
                target.CloseConnection();
                cause = BatchWriter<TOperation>.Failure(target, refusals, portion.Count, error);
            }
            foreach (var entry in portion) RemoveEntry(entry, isGivenUp: false).Fail(cause);
        }
    }

    private void ScheduleRetry(Entry entry, Exception error, bool isLast)
    {
        if (isLast)
        {
            GiveUp(entry, error);
            return;
        }
        lock (gate)
        {
            entry.Pause = entry.Pause == TimeSpan.Zero ? FirstPause : entry.Pause * 2 < LongestPause ? entry.Pause * 2 : LongestPause;
            entry.Tried = Stopwatch.GetTimestamp();
        }
    }

    private List<Entry> CollectExpired()
    {
        lock (gate)
        {
            foreach (var (key, since) in givenUp.ToList())
                if (Stopwatch.GetElapsedTime(since) >= RememberGivenUpFor) givenUp.Remove(key);
            isEmpty = entries.Count == 0 && givenUp.Count == 0;
            return entries.FindAll(entry => Stopwatch.GetElapsedTime(entry.Arrived) >= BlockedTimeout);
        }
    }

    private void GiveUp(Entry entry, Exception? error)
    {
        log.BlockedWriteGivenUp(error);
        RemoveEntry(entry, isGivenUp: true).Fail(CreateLockError(error));
    }

    private TOperation RemoveEntry(Entry entry, bool isGivenUp)
    {
        lock (gate)
        {
            entries.Remove(entry);
            if (entry.Operation.Key is { } key)
            {
                if (--waiting[key] == 0) waiting.Remove(key);
                if (isGivenUp) givenUp[key] = Stopwatch.GetTimestamp();
                else givenUp.Remove(key);
            }
            isEmpty = entries.Count == 0 && givenUp.Count == 0;
        }
        return entry.Operation;
    }

    private static StoreUnavailableException CreateLockError(Exception? error) =>
        new("Another session holds a lock on what was to be written; nothing was stored.", error);

    /// <summary>One write that waits.</summary>
    private sealed class Entry(TOperation operation)
    {
        public TOperation Operation => operation;
        public long Arrived { get; } = Stopwatch.GetTimestamp();
        public long Tried { get; set; } = Stopwatch.GetTimestamp();
        /// <summary>Before it is tried again; zero: it was not tried alone.</summary>
        public TimeSpan Pause { get; set; }
    }
}
