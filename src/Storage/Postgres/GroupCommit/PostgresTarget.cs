using System.Data;
using Npgsql;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres.Audit;
using OpenClaw.Storage.Postgres.Servers;

namespace OpenClaw.Storage.Postgres.GroupCommit;

/// <summary>A write, or a read of one row, that shares a statement with all of its kind that wait at the same time.</summary>
internal abstract class PostgresOperation : WriteOperation
{
    /// <summary>The statement of its kind.</summary>
    public abstract BulkStatement Statement { get; }

    /// <summary>The audit chain of the connection that writes it.</summary>
    public string? Chain { get; set; }
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

/// <summary>One statement for all the operations of one kind in a batch: each column is an array.</summary>
internal abstract class BulkStatement
{
    /// <summary>Statements of a batch run by rank, the same in every process, so that no two wait for each other's locks.</summary>
    public abstract int Rank { get; }

    /// <summary>True when the operations go in order of their keys' ids, for the same reason; else in order of arrival.</summary>
    public virtual bool IsSortedByKey => true;

    /// <summary>
    /// The statement with its parameters. It must return a result set, if an empty one: results are read by position, and without
    /// it the next statement's would be taken for this one's.
    /// </summary>
    public abstract NpgsqlBatchCommand CreateCommand(List<PostgresOperation> operations);

    /// <summary>Reads the rows of the statement and sets the operations' answers. Nothing is committed yet.</summary>
    public abstract void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations);
}

/// <summary>
/// One connection of a writer. A batch is one round trip: its statements run one after the other in the one transaction that ends
/// with them.
/// </summary>
/// <param name="database">Knows what each transaction begins with.</param>
/// <param name="writes">On a connection for writing: a foreign lock fails the batch soon, as <see cref="IsBlockedByLock"/> says.</param>
internal sealed class PostgresTarget(PostgresDatabase database, bool writes = true) : IBatchTarget<PostgresOperation>
{
    private const int Tries = 3;

    private readonly NpgsqlDataSource source = writes ? database.Writers : database.Source;
    private readonly SessionSettings session = writes ? SessionSettings.Writing : SessionSettings.WaitsForLocks;
    private readonly string chain = AuditEntries.CreateChainName();
    private readonly SortedList<int, List<PostgresOperation>> groups = [];
    private NpgsqlConnection? connection;

    public void Commit(IReadOnlyList<PostgresOperation> batch)
    {
        GroupByStatement(batch);
        for (var left = Tries; ; left--)
        {
            try
            {
                ExecuteStatements();
                return;
            }
            catch (PostgresException said) when (said.SqlState == PostgresErrorCodes.UniqueViolation && left > 1)
            {
                // Another process made a task of this batch at the same moment. It is committed: now the statement leaves it out.
            }
        }
    }

    public bool IsOutcomeUnknown(Exception error) => error switch
    {
        PostgresException said => !PostgresErrorClassifier.IsAboutTheStatement(said.SqlState) && !IsBlockedByLock(said),
        NpgsqlException or IOException or TimeoutException or InvalidOperationException => true,
        // A value that cannot be sent; the transaction never came to its end.
        _ => false,
    };

    public string? DescribeError(Exception error) => PostgresErrorMessages.DescribeError(error);

    public bool IsDiskFull(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.DiskFull };

    public bool IsBlockedByLock(Exception error) => writes && error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>The batches that follow go over this connection, which is closed with this target.</summary>
    public void UseConnection(NpgsqlConnection opened)
    {
        CloseConnection();
        connection = opened;
    }

    public void CloseConnection()
    {
        connection?.Dispose();
        connection = null;
    }

    public void Dispose() => CloseConnection();

    private void ExecuteStatements()
    {
        database.ThrowIfRefused();
        using var statements = new NpgsqlBatch(GetOpenConnection());
        if (database.GetPreamble(session) is { } preamble) statements.BatchCommands.Add(new NpgsqlBatchCommand(preamble));
        var isPrefaced = statements.BatchCommands.Count > 0;
        foreach (var group in groups.Values)
        {
            if (group.Count > 0) statements.BatchCommands.Add(group[0].Statement.CreateCommand(group));
        }
        using var rows = statements.ExecuteReader();
        if (isPrefaced) rows.NextResult();
        foreach (var group in groups.Values)
        {
            if (group.Count == 0) continue;
            group[0].Statement.ReadResults(rows, group);
            // The last of these reads that the transaction is committed.
            rows.NextResult();
        }
    }

    private NpgsqlConnection GetOpenConnection()
    {
        if (connection is { FullState: ConnectionState.Open }) return connection;
        CloseConnection();
        connection = source.OpenConnection();
        if (writes) ChainLinks.EnsureChain(connection, chain);
        return connection;
    }

    private void GroupByStatement(IReadOnlyList<PostgresOperation> batch)
    {
        foreach (var group in groups.Values) group.Clear();
        foreach (var operation in batch)
        {
            var rank = operation.Statement.Rank;
            if (!groups.TryGetValue(rank, out var group)) groups.Add(rank, group = []);
            group.Add(operation);
            operation.Chain = chain;
        }
        foreach (var group in groups.Values)
        {
            if (group.Count > 1 && group[0].Statement.IsSortedByKey) group.Sort(CompareIds);
        }
    }

    private static int CompareIds(PostgresOperation left, PostgresOperation right) => left.Key!.Value.Id.CompareTo(right.Key!.Value.Id);
}
