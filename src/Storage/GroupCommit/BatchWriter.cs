using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace OpenClaw.Storage.GroupCommit;

/// <summary>
/// Makes one commit out of all the writes that wait at that moment, so that many tasks share one fsync. A lone write is
/// committed at once and does not wait for others. Order of arrival is kept for each key.
/// </summary>
internal sealed class BatchWriter<TOperation> : IAsyncDisposable where TOperation : WriteOperation
{
    /// <summary>Operations in one commit at most.</summary>
    public const int MaxBatch = 400;

    /// <summary>Bytes in one commit at most, unless one operation alone has more.</summary>
    public const long MaxBytes = 16L << 20;

    private readonly IBatchTarget<TOperation> target;
    private readonly ILogger log;
    private readonly Channel<TOperation> channel;
    private readonly Thread thread;
    private readonly BlockedWrites<TOperation>? blocked;
    private readonly WriteRefusals refusals;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // From here on of the writer's thread alone, so without a lock: what others hand over goes through the channel.
    private readonly List<TOperation> batch = new(MaxBatch);
    private readonly HashSet<WriteKey> keys = new(MaxBatch);
    private List<TOperation> heldBack = [];
    private List<TOperation> heldBackNext = [];
    private long bytes;

    /// <param name="target">The database.</param>
    /// <param name="log">Where errors are logged.</param>
    /// <param name="capacity">Most operations that may wait; a caller with one more waits until there is room.</param>
    /// <param name="name">Of its thread.</param>
    /// <param name="blockedTarget">The same database over another connection, for what a foreign lock holds up; null: none does.</param>
    /// <param name="refusals">Where it is kept why nothing is taken; null: nobody asks.</param>
    public BatchWriter(
        IBatchTarget<TOperation> target, ILogger log, int capacity = 10_000, string name = "openclaw-writer",
        IBatchTarget<TOperation>? blockedTarget = null, WriteRefusals? refusals = null)
    {
        this.target = target;
        this.log = log;
        this.refusals = refusals ??= new WriteRefusals(TimeProvider.System, log);
        blocked = blockedTarget is null ? null : new BlockedWrites<TOperation>(blockedTarget, refusals, log, name + "-blocked");
        // Synchronous continuations: the only reader's continuation sets an event and the only writer's hands back a task, so
        // both are cheaper where they are than as a hop over the thread pool.
        channel = Channel.CreateBounded<TOperation>(new BoundedChannelOptions(capacity)
        {
            SingleReader = true,
            AllowSynchronousContinuations = true,
        });
        thread = new Thread(RunLoop) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Queues an operation; waits only while the queue is full. The operation itself says when it is durable.</summary>
    public ValueTask Enqueue(TOperation operation) =>
        channel.Writer.TryWrite(operation) ? ValueTask.CompletedTask : EnqueueWhenFull(operation);

    /// <summary>Takes nothing new, commits what is queued, closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        channel.Writer.TryComplete();
        await ended.Task.ConfigureAwait(false);
    }

    private async ValueTask EnqueueWhenFull(TOperation operation)
    {
        try
        {
            await channel.Writer.WriteAsync(operation).ConfigureAwait(false);
        }
        catch (ChannelClosedException closed)
        {
            operation.Fail(new StoreUnavailableException("The store is closed.", closed));
        }
    }

    private void RunLoop()
    {
        while (FillBatch()) CommitBatch();
        target.Dispose();
        blocked?.Dispose();
        ended.SetResult();
    }

    /// <summary>Collects what is there now; blocks when nothing is. False at the end.</summary>
    private bool FillBatch()
    {
        batch.Clear();
        keys.Clear();
        bytes = 0;
        TakeHeldBack();
        while (true)
        {
            while (batch.Count < MaxBatch && heldBack.Count < MaxBatch && channel.Reader.TryRead(out var operation))
                AddOrHoldBack(operation);
            if (batch.Count > 0) return true;
            var more = channel.Reader.WaitToReadAsync();
            if (!(more.IsCompleted ? more.Result : more.AsTask().GetAwaiter().GetResult())) return false;
        }
    }

    private void TakeHeldBack()
    {
        if (heldBack.Count == 0) return;
        (heldBack, heldBackNext) = (heldBackNext, heldBack);
        foreach (var operation in heldBackNext) AddOrHoldBack(operation);
        heldBackNext.Clear();
    }

    private void AddOrHoldBack(TOperation operation)
    {
        if (blocked?.TryJoin(operation) == true) return;
        // The key of one that is held back is taken as well: nothing of the same key may overtake it.
        var isFirst = operation.Key is not { } key || keys.Add(key);
        var fits = operation.Bytes == 0 || batch.Count == 0 || bytes + operation.Bytes <= MaxBytes;
        if (isFirst && fits && batch.Count < MaxBatch)
        {
            batch.Add(operation);
            bytes += operation.Bytes;
        }
        else
        {
            heldBack.Add(operation);
        }
    }

    private void CommitBatch()
    {
        try
        {
            using var commit = target.Writes ? CommitMetrics.StartCommit(batch) : default;
            target.Commit(batch);
        }
        catch (Exception error) when (blocked is not null && target.IsBlockedByLock(error))
        {
            blocked.AddBatch(batch);
            return;
        }
        catch (Exception error) when (target.IsOutcomeUnknown(error))
        {
            GiveUp(batch, error);
            return;
        }
        catch (Exception error)
        {
            RetryOneByOne(error);
            return;
        }
        refusals.NoteTaken();
        foreach (var operation in batch) operation.Complete();
    }

    /// <summary>One of the batch is poisoned: alone, only that one fails.</summary>
    private void RetryOneByOne(Exception cause)
    {
        if (batch.Count == 1)
        {
            log.OperationFailed(cause);
            batch[0].Fail(cause);
            return;
        }
        var all = batch.ToArray();
        foreach (var operation in all)
        {
            batch.Clear();
            batch.Add(operation);
            CommitBatch();
        }
    }

    private void GiveUp(List<TOperation> operations, Exception error)
    {
        var failure = Failure(target, refusals, operations.Count, error);
        if (target.DescribeError(error) is null) log.CommitOutcomeUnknown(operations.Count, error);
        target.CloseConnection();
        foreach (var operation in operations) operation.Fail(failure);
    }

    /// <summary>The error for the callers of a failed write. A known reason is recorded for readiness checks.</summary>
    internal static StoreUnavailableException Failure(IBatchTarget<TOperation> target, WriteRefusals refusals, int writes, Exception error)
    {
        if (target.DescribeError(error) is not { } message)
            return new("The store failed while it wrote; what it holds is unknown until it is read again.", error);
        if (target.Writes) refusals.NoteRefused(message, writes);
        return target.IsDiskFull(error) ? StoreUnavailableException.Full(message, error) : new(message, error);
    }
}
