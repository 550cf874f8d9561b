using SQLitePCL;

namespace OpenClaw.Gateway.Tests.BadInput;

/// <summary>
/// What a database file holds, in numbers: whatever a request changes changes one of them. Not the reminders, which tasks that run for long
/// set by themselves.
/// </summary>
/// <param name="Tables">Rows of each table; of tasks the sum of their versions as well.</param>
/// <param name="Notes">Notes in the audit trail, by what they are about.</param>
public sealed record StoredCounts(IReadOnlyDictionary<string, long> Tables, IReadOnlyDictionary<string, long> Notes)
{
    private static readonly string[] Counted = ["tasks", "audit", "conversations", "output_chunks", "stored_values"];

    public static StoredCounts Read(string path)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out var database, raw.SQLITE_OPEN_READWRITE, null));
        using (database)
        {
            var tables = Counted.ToDictionary(
                table => table, table => ReadRows(database, $"SELECT '', count(*) FROM {table}").Single().Value);
            tables["versions"] = ReadRows(database, "SELECT '', coalesce(sum(version), 0) FROM tasks").Single().Value;
            var notes = ReadRows(database, "SELECT what, count(*) FROM audit_notes GROUP BY what");
            return new(tables, notes.ToDictionary(row => row.Name, row => row.Value));
        }
    }

    /// <summary>Those tables that have changed by something, and by how much.</summary>
    public Dictionary<string, long> FindChanges(StoredCounts before) => Subtract(Tables, before.Tables);

    /// <summary>The notes that were added.</summary>
    public IEnumerable<string> FindNotes(StoredCounts before) =>
        Subtract(Notes, before.Notes).SelectMany(note => Enumerable.Repeat(note.Key, (int)note.Value));

    private static Dictionary<string, long> Subtract(IReadOnlyDictionary<string, long> after, IReadOnlyDictionary<string, long> before) =>
        after.Select(one => (one.Key, Value: one.Value - before.GetValueOrDefault(one.Key))).Where(one => one.Value != 0)
            .ToDictionary(one => one.Key, one => one.Value);

    private static List<(string Name, long Value)> ReadRows(sqlite3 database, string sql)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_busy_timeout(database, 5_000));
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(database, sql, out var statement));
        using (statement)
        {
            var rows = new List<(string, long)>();
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
                rows.Add((raw.sqlite3_column_text(statement, 0).utf8_to_string(), raw.sqlite3_column_int64(statement, 1)));
            return rows;
        }
    }
}
