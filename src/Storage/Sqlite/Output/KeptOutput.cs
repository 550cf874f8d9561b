using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Retention;

namespace OpenClaw.Storage.Sqlite.Output;

/// <summary>The output of ended tasks in the embedded store.</summary>
internal sealed class KeptOutput(SqliteStore store) : IKeptOutput
{
    private const string OfEnded =
        """
        SELECT seq, ended_at, (SELECT sum(head_bytes + tail_bytes) FROM output_cursors WHERE task = tasks.seq)
        FROM tasks INDEXED BY tasks_ended WHERE ended_at IS NOT NULL AND ended_at >= ?1 ORDER BY ended_at LIMIT ?2
        """;

    public long? FreeSpace => new DriveInfo(store.Folder).AvailableFreeSpace;

    public async ValueTask<IReadOnlyList<EndedTask>> Ended(DateTimeOffset from, int limit, CancellationToken cancellation)
    {
        using var reader = await store.Readers.Rent(cancellation).ConfigureAwait(false);
        using var rows = reader.Database.Use(OfEnded);
        rows.Add(from).Add(limit);
        var tasks = new List<EndedTask>();
        while (rows.Step()) tasks.Add(new EndedTask(rows.Long(0), rows.Time(1), rows.IsNull(2) ? 0 : rows.Long(2)));
        return tasks;
    }

    public ValueTask<int> Drop(IReadOnlyList<long> numbers, CancellationToken cancellation) => store.Write(new DropOutput(numbers));

    private sealed class DropOutput(IReadOnlyList<long> numbers) : SqliteOperation<int>
    {
        public override WriteKey? Key => new WriteKey(WriteTable.Retention, Guid.Empty);

        public override void Apply(SqliteDatabase database)
        {
            foreach (var number in numbers)
            {
                Run(database, "DELETE FROM output_chunks WHERE task = ?1", number);
                Run(database, "UPDATE output_cursors SET head_bytes = 0, tail_bytes = 0, tail_from = NULL WHERE task = ?1", number);
            }
            Result = numbers.Count;
        }

        private static void Run(SqliteDatabase database, string sql, long number)
        {
            using var statement = database.Use(sql);
            statement.Add(number).Run();
        }
    }
}
