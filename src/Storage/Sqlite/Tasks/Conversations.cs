using OpenClaw.Grains.Tasks;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>One row a conversation, kept beside its tasks, so that a list of them never counts tasks.</summary>
internal static class Conversations
{
    private const string Upsert =
        """
        INSERT INTO conversations (tenant, session, last_activity, task_count) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (tenant, session) DO UPDATE SET
            last_activity = max(last_activity, excluded.last_activity), task_count = task_count + excluded.task_count
        """;

    public static void Touch(SqliteDatabase database, TaskRecord record, int newTasks)
    {
        if (record.Spec.Session is not { } session) return;
        using var touch = database.Use(Upsert);
        touch.Add(record.Spec.Tenant).Add(session).Add(record.EndedAt ?? record.StartedAt ?? record.CreatedAt).Add(newTasks).Run();
    }

    /// <summary>A task of the conversation is deleted. Its row stays after the last one, for as long as it is remembered where it ran.</summary>
    public static void Leave(SqliteDatabase database, string tenant, string session)
    {
        using var leave = database.Use("UPDATE conversations SET task_count = task_count - 1 WHERE tenant = ?1 AND session = ?2");
        leave.Add(tenant).Add(session).Run();
    }
}
