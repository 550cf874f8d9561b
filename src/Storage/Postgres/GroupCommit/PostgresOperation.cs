using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Postgres.GroupCommit;

/// <summary>A write, or a read of one row, that shares a statement with all of its kind that wait at the same time.</summary>
internal abstract class PostgresOperation : WriteOperation
{
    /// <summary>The statement of its kind.</summary>
    public abstract BulkStatement Statement { get; }
}

/// <summary>An operation with an answer.</summary>
internal abstract class PostgresOperation<TResult> : PostgresOperation
{
    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completed once the batch is committed.</summary>
    public Task<TResult> Durable => completion.Task;

    /// <summary>The answer, set by the statement.</summary>
    public TResult? Result { get; set; }

    public sealed override void Complete() => completion.TrySetResult(Result!);

    public sealed override void Fail(Exception error) => completion.TrySetException(error);
}
