using Npgsql;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Audit;
using OpenClaw.Storage.Postgres.GroupCommit;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>What the statements that write tasks have in common.</summary>
internal static class WrittenRows
{
    /// <summary>What the audit row and the agent session of a task are made of, beside its own columns.</summary>
    public const string Columns = "activity, at, what, about, token_id, address";

    /// <summary>
    /// The part of a statement that writes the audit rows of what it wrote. <c>about</c> is the attempt that the step was about, which is
    /// not always the one in the task's own row.
    /// </summary>
    public static string InsertAudit(string written) =>
        $"""
        , trail AS (
            INSERT INTO audit ({AuditColumns.Inserted})
            SELECT seq, version, at, what, state, about, reason, worker, token_id, address FROM {written} WHERE what IS NOT NULL
        )
        """;

    /// <summary>Writes <see cref="Columns"/> of a record.</summary>
    public static void WriteColumns(ref ArrayRowWriter row, TaskRecord record)
    {
        row.AddTime(record.EndedAt ?? record.StartedAt ?? record.CreatedAt);
        row.AddTime(record.Last?.At);
        row.AddText(record.Last?.Trigger);
        row.AddInt(record.Last?.Attempt ?? 0);
        row.AddText(record.Last?.Actor.TokenId);
        row.AddText(record.Last?.Actor.Address);
    }

    /// <summary>True for the operations whose id the statement returned; a row that is missing was in conflict.</summary>
    public static void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
    {
        var written = new HashSet<Guid>(operations.Count);
        while (rows.Read()) written.Add(rows.GetGuid(0));
        foreach (var operation in operations) ((PostgresOperation<bool>)operation).Result = written.Contains(operation.Key!.Value.Id);
    }
}
