using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Tests.GroupCommit;

/// <summary>A write that says how it ended, and may be poisoned.</summary>
internal sealed class FakeWrite(int number, Guid? id = null, bool poisoned = false, long bytes = 0) : WriteOperation
{
    private readonly TaskCompletionSource<int> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Number => number;
    public bool Poisoned => poisoned;
    public Task<int> Durable => completion.Task;
    public override long Bytes => bytes;
    public override WriteKey? Key => id is { } some ? new WriteKey(WriteTable.Tasks, some) : null;
    public override void Complete() => completion.SetResult(number);
    public override void Fail(Exception error) => completion.SetException(error);
}

/// <summary>A database in memory that can be held, and can break.</summary>
internal sealed class FakeTarget : IBatchTarget<FakeWrite>
{
    private readonly SemaphoreSlim entered = new(0);
    private readonly SemaphoreSlim gate = new(0);
    private volatile bool held;

    public List<int[]> Committed { get; } = [];
    public int Closed { get; private set; }
    public bool Disposed { get; private set; }
    public Exception? BreakNext { get; set; }

    /// <summary>Called once, when a batch fails for its poison.</summary>
    public Action? OnPoison { get; set; }

    /// <summary>Commits from now on wait to be let go.</summary>
    public void Hold() => held = true;

    public Task UntilCommitWaits() => entered.WaitAsync(TimeSpan.FromSeconds(60));

    public void LetGo()
    {
        held = false;
        gate.Release();
    }

    public void Commit(IReadOnlyList<FakeWrite> batch)
    {
        if (held)
        {
            entered.Release();
            gate.Wait(TimeSpan.FromSeconds(30));
        }
        if (BreakNext is { } error)
        {
            BreakNext = null;
            throw error;
        }
        if (batch.Any(write => write.Poisoned))
        {
            OnPoison?.Invoke();
            OnPoison = null;
            throw new InvalidOperationException("poison");
        }
        Committed.Add([.. batch.Select(write => write.Number)]);
    }

    public bool IsOutcomeUnknown(Exception error) => error is IOException;
    public void CloseConnection() => Closed++;
    public void Dispose() => Disposed = true;
}
