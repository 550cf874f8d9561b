using Npgsql;

namespace OpenClaw.Storage.Postgres.GroupCommit;

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
