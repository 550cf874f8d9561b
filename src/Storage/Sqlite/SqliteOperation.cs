using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite;

/// <summary>A write of the embedded store.</summary>
internal abstract class SqliteOperation : WriteOperation
{
    /// <summary>Changes rows within the batch's transaction. May be called again after a batch that failed.</summary>
    public abstract void Apply(SqliteDatabase database);
}

/// <summary>A write with an answer.</summary>
internal abstract class SqliteOperation<TResult> : SqliteOperation
{
    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completed once the write is durable.</summary>
    public Task<TResult> Durable => completion.Task;

    /// <summary>The answer, set by <see cref="SqliteOperation.Apply"/>.</summary>
    protected TResult? Result { get; set; }

    public sealed override void Complete() => completion.TrySetResult(Result!);

    public sealed override void Fail(Exception error) => completion.TrySetException(error);
}
