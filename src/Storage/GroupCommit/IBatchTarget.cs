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

    /// <summary>Gives the connection up; the next commit opens a new one.</summary>
    void Close();
}
