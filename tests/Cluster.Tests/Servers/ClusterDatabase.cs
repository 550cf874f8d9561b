using Npgsql;
using OpenClaw.TestKit.Checking;

namespace OpenClaw.Cluster.Tests.Servers;

/// <summary>Reads the tables past the product, with names of its own for the numbers in them.</summary>
internal sealed class ClusterDatabase(string connection)
{
    private static readonly string[] States =
    [
        "none", "queued", "offered", "running", "succeeded", "failed", "cancelled", "timed_out", "expired", "rejected", "lost",
        "awaiting_approval",
    ];

    public Task<List<Row>> Rows() => Read(
        "SELECT id, state, version, attempt, worker FROM tasks",
        r => new Row(r.GetGuid(0).ToString(), States[r.GetInt16(1)], r.GetInt64(2), r.GetInt32(3))
        {
            Worker = r.IsDBNull(4) ? null : r.GetString(4),
        });

    public Task<List<Transition>> Audit() => Read(
        """
        SELECT t.id, a.version, a.what, a.state, a.attempt, a.at, a.reason, a.worker
        FROM audit a JOIN tasks t ON t.seq = a.task ORDER BY a.task, a.version
        """,
        r => new Transition(
            r.GetGuid(0).ToString(), r.GetInt64(1), r.GetString(2), States[r.GetInt16(3)], r.GetInt32(4), Milliseconds(r.GetInt64(5)))
        {
            Reason = r.IsDBNull(6) ? null : r.GetString(6),
            Worker = r.IsDBNull(7) ? null : r.GetString(7),
        });

    public Task<List<Note>> Notes() => Read(
        "SELECT task, what, at FROM audit_notes",
        r => new Note(r.IsDBNull(0) ? null : r.GetGuid(0).ToString(), r.GetString(1), Milliseconds(r.GetInt64(2))));

    /// <summary>Tasks that run on a worker now, as far as the server knows.</summary>
    public async Task<int> CountRunning(string worker) =>
        (await Read($"SELECT count(*) FROM tasks WHERE state = 3 AND worker = '{worker}'", r => (int)r.GetInt64(0)))[0];

    /// <summary>Tasks that a worker was offered, that wait for its owner's yes, or that run on it.</summary>
    public async Task<int> CountHeld(string worker) =>
        (await Read($"SELECT count(*) FROM tasks WHERE state IN (2, 3, 11) AND worker = '{worker}'", r => (int)r.GetInt64(0)))[0];

    /// <summary>What must be gone when every task has ended.</summary>
    public async Task<IReadOnlyList<string>> Leftovers()
    {
        var left = new List<string>();
        await Count("I16 reminders of ended tasks", "SELECT count(*) FROM orleans_reminders WHERE grain_id LIKE 'task%'");
        await Count("I16 ended tasks that are to be woken",
            "SELECT count(*) FROM tasks WHERE ended_at IS NOT NULL AND wake_at IS NOT NULL");
        await Count("I16 rows of the backlog", "SELECT count(*) FROM tasks WHERE state = 1");
        await Count("I2 audit rows without a task",
            "SELECT count(*) FROM audit a WHERE NOT EXISTS (SELECT 1 FROM tasks t WHERE t.seq = a.task)");
        return left;

        async Task Count(string what, string sql)
        {
            var count = (await Read(sql, r => r.GetInt64(0)))[0];
            if (count > 0) left.Add($"{what}: {count}");
        }
    }

    /// <summary>Cuts every connection but its own; how many there were.</summary>
    public async Task<int> CutConnections() => (await Read(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()",
        r => r.GetBoolean(0))).Count(cut => cut);

    private static long Milliseconds(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private async Task<List<T>> Read<T>(string sql, Func<NpgsqlDataReader, T> map)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(map(reader));
        return rows;
    }
}
