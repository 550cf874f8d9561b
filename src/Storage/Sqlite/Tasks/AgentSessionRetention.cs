using OpenClaw.GrainInterfaces;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Retention;

namespace OpenClaw.Storage.Sqlite.Tasks;

/// <summary>The end of conversations in the embedded store. Where each one's files are is the state of its grain, a stored value.</summary>
internal sealed class AgentSessionRetention(SqliteStore store) : IAgentSessionRetention
{
    public ValueTask<int> DeleteIdle(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        store.Write(new DeleteIdleSessions(before, limit));

    private sealed class DeleteIdleSessions(DateTimeOffset before, int limit) : SqliteOperation<int>
    {
        private const string Idle =
            """
            SELECT tenant, session FROM conversations INDEXED BY conversations_silent
            WHERE task_count <= 0 AND last_activity < ?1 ORDER BY last_activity LIMIT ?2
            """;

        public override WriteKey? Key => new WriteKey(WriteTable.Retention, Guid.Empty);

        public override void Apply(SqliteDatabase database)
        {
            var idle = FindIdle(database);
            foreach (var (tenant, session) in idle)
            {
                using var conversation = database.GetStatement("DELETE FROM conversations WHERE tenant = ?1 AND session = ?2");
                conversation.Add(tenant).Add(session).RunToEnd();
                using var value = database.GetStatement("DELETE FROM stored_values WHERE name = 'session' AND key = ?1");
                value.Add(GrainKeys.ForAgentSession(tenant, session)).RunToEnd();
            }
            Result = idle.Count;
        }

        private List<(string Tenant, string Session)> FindIdle(SqliteDatabase database)
        {
            var found = new List<(string, string)>();
            using var rows = database.GetStatement(Idle);
            rows.Add(before).Add(limit);
            while (rows.Step()) found.Add((rows.GetText(0), rows.GetText(1)));
            return found;
        }
    }
}
