using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>
/// Deletes the tasks that ended first, up to a number and up to so much output that the transaction stays short. At least one
/// when there is one; how many.
/// </summary>
internal sealed class DeleteEnded(DateTimeOffset before, int limit, bool keepsAudit) : SqliteOperation<int>
{
    private const long EnoughOutput = 16L << 20;

    // A task stays for as long as somebody is still to be told of it.
    private const string Oldest =
        """
        SELECT seq FROM tasks INDEXED BY tasks_ended WHERE ended_at IS NOT NULL AND ended_at < ?1
            AND NOT EXISTS (SELECT 1 FROM webhooks w INDEXED BY webhooks_task WHERE w.task = tasks.seq AND w.state = 1)
        ORDER BY ended_at LIMIT ?2
        """;

    public override WriteKey? Key => new WriteKey(WriteTable.Retention, Guid.Empty);

    public override void Apply(SqliteDatabase database)
    {
        Result = 0;
        long bytes = 0;
        foreach (var seq in FindOldest(database))
        {
            bytes += DeleteTask.DeleteAllRows(database, seq, keepsAudit);
            Result++;
            if (bytes >= EnoughOutput) break;
        }
    }

    private List<long> FindOldest(SqliteDatabase database)
    {
        var found = new List<long>();
        using var oldest = database.GetStatement(Oldest);
        oldest.Add(before).Add(limit);
        while (oldest.Step()) found.Add(oldest.GetLong(0));
        return found;
    }
}
