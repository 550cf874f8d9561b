using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Retention;

namespace OpenClaw.Storage.Sqlite.Output;

/// <summary>The output and payloads of ended tasks in the embedded store.</summary>
internal sealed class KeptOutput(SqliteStore store) : IKeptOutput
{
    private const string OfEnded =
        """
        SELECT seq, ended_at, coalesce((SELECT sum(head_bytes + tail_bytes) FROM output_cursors WHERE task = tasks.seq), 0)
            + coalesce((SELECT length(payload) FROM task_specs WHERE seq = tasks.seq AND length(payload) > ?3), 0)
        FROM tasks INDEXED BY tasks_ended WHERE ended_at IS NOT NULL AND ended_at >= ?1 ORDER BY ended_at LIMIT ?2
        """;

    public long? FreeSpace => new DriveInfo(store.Folder).AvailableFreeSpace;

    public async ValueTask<IReadOnlyList<EndedTask>> ReadEndedTasks(DateTimeOffset from, int limit, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.GetStatement(OfEnded);
        rows.Add(from).Add(limit).Add(IKeptOutput.SmallPayload);
        var tasks = new List<EndedTask>();
        while (rows.Step()) tasks.Add(new EndedTask(rows.GetLong(0), rows.GetTime(1), rows.GetLong(2)));
        return tasks;
    }

    public ValueTask<int> DeleteOutput(IReadOnlyList<long> numbers, CancellationToken cancellation) => store.Write(new DropOutput(numbers));

    private sealed class DropOutput(IReadOnlyList<long> numbers) : SqliteOperation<int>
    {
        public override WriteKey? Key => new WriteKey(WriteTable.Retention, Guid.Empty);

        public override void Apply(SqliteDatabase database)
        {
            foreach (var number in numbers)
            {
                RunStatement(database, "DELETE FROM output_chunks WHERE task = ?1", number);
                DropPayload(database, number);
                RunStatement(database, "UPDATE output_cursors SET head_bytes = 0, tail_bytes = 0, tail_from = NULL WHERE task = ?1",
                    number);
            }
            Result = numbers.Count;
        }

        private static void DropPayload(SqliteDatabase database, long number)
        {
            using var update = database.GetStatement(
                "UPDATE task_specs SET payload = x'', signed = NULL WHERE seq = ?1 AND length(payload) > ?2");
            update.Add(number).Add(IKeptOutput.SmallPayload).RunToEnd();
        }

        private static void RunStatement(SqliteDatabase database, string sql, long number)
        {
            using var statement = database.GetStatement(sql);
            statement.Add(number).RunToEnd();
        }
    }
}
