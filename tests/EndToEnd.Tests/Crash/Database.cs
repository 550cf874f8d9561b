using System.Globalization;
using OpenClaw.TestKit.Checking;
using static SQLitePCL.raw;

namespace OpenClaw.EndToEnd.Tests.Crash;

/// <summary>Reads the tables past the product, with names of its own for the numbers in them.</summary>
internal sealed class Database(string folder)
{
    private static readonly string[] States =
        ["none", "queued", "offered", "running", "succeeded", "failed", "cancelled", "timed_out", "expired", "rejected", "lost"];

    public IReadOnlyList<Row> Rows() => Read(
        "SELECT hex(id), state, version, attempt FROM tasks",
        r => new Row(Id(r(0)), States[Number(r(1))], Number(r(2)), (int)Number(r(3))));

    public IReadOnlyList<Transition> Audit() => Read(
        "SELECT hex(t.id), a.version, a.what, a.state, a.attempt, a.at, coalesce(a.reason, ''), coalesce(a.worker, '') FROM audit a "
            + "JOIN tasks t ON t.seq = a.task ORDER BY a.version",
        r => new Transition(Id(r(0)), Number(r(1)), r(2), States[Number(r(3))], (int)Number(r(4)), Milliseconds(Number(r(5))))
        {
            Reason = r(6), Worker = r(7),
        });

    public string Integrity() => Read("PRAGMA integrity_check", r => r(0))[0];

    private static string Id(string hex) => Guid.ParseExact(hex, "N").ToString();

    private static long Milliseconds(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Every column comes as text; the reader takes its number.</summary>
    private List<T> Read<T>(string sql, Func<Func<int, string>, T> map)
    {
        SQLitePCL.Batteries_V2.Init();
        Assert.Equal(SQLITE_OK, sqlite3_open_v2(Path.Combine(folder, "openclaw.db"), out var database, SQLITE_OPEN_READONLY, null));
        using (database)
        {
            Assert.Equal(SQLITE_OK, sqlite3_prepare_v2(database, sql, out var statement));
            using (statement)
            {
                var rows = new List<T>();
                while (sqlite3_step(statement) == SQLITE_ROW) rows.Add(map(n => sqlite3_column_text(statement, n).utf8_to_string()));
                return rows;
            }
        }
    }
}
