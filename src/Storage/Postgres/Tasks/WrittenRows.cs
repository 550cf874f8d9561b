using Npgsql;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Postgres.GroupCommit;

namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>What the statements that write tasks have in common.</summary>
internal static class WrittenRows
{
    /// <summary>True for the operations whose id the statement returned; a row that is missing was in conflict.</summary>
    public static void ReadResults(NpgsqlDataReader rows, List<PostgresOperation> operations)
    {
        var written = new HashSet<Guid>(operations.Count);
        while (rows.Read()) written.Add(rows.GetGuid(0));
        foreach (var operation in operations) ((PostgresOperation<bool>)operation).Result = written.Contains(operation.Key!.Value.Id);
    }

    /// <summary>When something happened last in the task's conversation.</summary>
    public static DateTimeOffset GetLastActivity(this TaskRecord record) => record.EndedAt ?? record.StartedAt ?? record.CreatedAt;
}
