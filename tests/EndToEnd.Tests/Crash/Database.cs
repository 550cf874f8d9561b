using Microsoft.Data.Sqlite;

namespace OpenClaw.EndToEnd.Tests.Crash;

/// <summary>Reads the tables past the product, with names of its own for the numbers in them.</summary>
internal sealed class Database(string folder)
{
    private static readonly string[] States =
        ["none", "queued", "offered", "running", "succeeded", "failed", "cancelled", "timed_out", "expired", "rejected", "lost"];

    private readonly string _connection = new SqliteConnectionStringBuilder
    {
        DataSource = Path.Combine(folder, "openclaw.db"),
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = false,
    }.ToString();

    public IReadOnlyList<Row> Rows() => Read(
        "SELECT hex(id), state, version, attempt FROM tasks",
        r => new Row(Id(r.GetString(0)), States[r.GetInt32(1)], r.GetInt64(2), r.GetInt32(3)));

    public IReadOnlyList<Transition> Audit() => Read(
        "SELECT hex(t.id), a.version, a.what, a.state, a.attempt, a.at FROM audit a JOIN tasks t ON t.seq = a.task ORDER BY a.version",
        r => new Transition(Id(r.GetString(0)), r.GetInt64(1), r.GetString(2), States[r.GetInt32(3)], r.GetInt32(4), Milliseconds(r.GetInt64(5))));

    public string Integrity() => Read("PRAGMA integrity_check", r => r.GetString(0))[0];

    private static string Id(string hex) => Guid.ParseExact(hex, "N").ToString();

    private static long Milliseconds(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> map)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(map(reader));
        return rows;
    }
}
