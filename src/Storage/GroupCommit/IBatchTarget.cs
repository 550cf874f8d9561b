namespace OpenClaw.Storage.GroupCommit;

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
