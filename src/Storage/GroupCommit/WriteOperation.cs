using System.Diagnostics;

namespace OpenClaw.Storage.GroupCommit;

/// <summary>Which rows an operation changes. Two operations with one key never share a batch.</summary>
internal readonly record struct WriteKey(WriteTable Table, Guid Id, string? Text = null, string? MoreText = null);

/// <summary>The table a <see cref="WriteKey"/> is about.</summary>
internal enum WriteTable : byte
{
    None = 0,
    Tasks = 1,
    Output = 2,
    Values = 3,
    Reminders = 4,
    Retention = 5,
}

/// <summary>One change that somebody waits for. It is completed only after the commit that holds it.</summary>
internal abstract class WriteOperation
{
    /// <summary>The span that wants this write; null: nobody traces it.</summary>
    public Activity? Cause { get; } = CommitMetrics.Cause;

    /// <summary>Bytes it brings along, when that may be many.</summary>
    public virtual long Bytes => 0;

    /// <summary>What it changes; null: it collides with nothing.</summary>
    public virtual WriteKey? Key => null;

    /// <summary>The commit is durable: hand the result to whoever waits.</summary>
    public abstract void Complete();

    /// <summary>It is not known to be durable: hand the error to whoever waits.</summary>
    public abstract void Fail(Exception error);
}

/// <summary>A database as the <see cref="BatchWriter{TOperation}"/> sees it: all of a batch or nothing.</summary>
internal interface IBatchTarget<TOperation> : IDisposable
{
    /// <summary>
    /// Applies all operations and commits them in one transaction; opens the connection when it is closed. After an
    /// exception nothing of the batch is applied, unless <see cref="IsOutcomeUnknown"/> says so of the exception.
    /// An operation may be applied again, after a batch that failed.
    /// </summary>
    void Commit(IReadOnlyList<TOperation> batch);

    /// <summary>False when it only reads, and a batch is a round trip rather than a commit.</summary>
    bool Writes => true;

    /// <summary>True when the connection or the disk failed, so that nobody can say what is stored.</summary>
    bool IsOutcomeUnknown(Exception error);

    /// <summary>What an error means, in words that say what to do; null: not a known error.</summary>
    string? DescribeError(Exception error) => null;

    /// <summary>True when there is no room on the disk, so that nothing of the batch is stored.</summary>
    bool IsDiskFull(Exception error) => false;

    /// <summary>
    /// True when somebody else's lock stood in the way for longer than a batch waits: nothing is applied, and the same may be tried again.
    /// </summary>
    bool IsBlockedByLock(Exception error) => false;

    /// <summary>Gives the connection up; the next commit opens a new one.</summary>
    void CloseConnection();
}
