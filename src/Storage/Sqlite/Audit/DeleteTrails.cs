using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Sqlite.Audit;

/// <summary>
/// Deletes the audit rows of the tasks that ended first and are gone, up to a number of tasks, and says so in the chain; of how many.
/// </summary>
internal sealed class DeleteTrails(DateTimeOffset before, int limit) : SqliteOperation<int>
{
    private const string Oldest =
        "SELECT number FROM audit_tasks INDEXED BY audit_tasks_ended WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2";

    private const string Rows = "DELETE FROM audit WHERE task = ?1";
    private const string Task = "DELETE FROM audit_tasks WHERE number = ?1";

    public override WriteKey? Key => new WriteKey(WriteTable.Retention, Guid.Empty);

    public override void Apply(SqliteDatabase database)
    {
        var old = FindOldest(database);
        foreach (var number in old)
        {
            DeleteRows(database, number);
            using var task = database.GetStatement(Task);
            task.Add(number).RunToEnd();
        }
        Result = old.Count;
    }

    /// <summary>The audit rows of one task, which its chain says are removed.</summary>
    public static void DeleteRows(SqliteDatabase database, long number)
    {
        using var rows = database.GetStatement(Rows);
        rows.Add(number).RunToEnd();
        database.Audit.AddRemoved(number);
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
