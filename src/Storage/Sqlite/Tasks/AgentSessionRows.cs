using OpenClaw.Grains.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>One row a conversation, kept beside its tasks, so that a list of them never counts tasks.</summary>
internal static class AgentSessionRows
{
    private const string Upsert =
        """
        INSERT INTO conversations (tenant, session, last_activity, task_count) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (tenant, session) DO UPDATE SET
            last_activity = max(last_activity, excluded.last_activity), task_count = task_count + excluded.task_count
        """;

    public static void RecordActivity(SqliteDatabase database, TaskRecord record, int newTasks)
    {
        if (record.Spec.Session is not { } session) return;
        using var touch = database.GetStatement(Upsert);
        touch.Add(record.Spec.Tenant).Add(session).Add(record.EndedAt ?? record.StartedAt ?? record.CreatedAt).Add(newTasks).RunToEnd();
    }

    /// <summary>
    /// A task of the conversation is deleted. Its row stays after the last one, for as long as it is remembered where it ran.
    /// </summary>
    public static void RemoveTask(SqliteDatabase database, string tenant, string session)
    {
        using var leave = database.GetStatement("UPDATE conversations SET task_count = task_count - 1 WHERE tenant = ?1 AND session = ?2");
        leave.Add(tenant).Add(session).RunToEnd();
    }
}
