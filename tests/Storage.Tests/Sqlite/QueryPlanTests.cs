using System.Text.RegularExpressions;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Storage.Tests.Sqlite;

/// <summary>The store's statements must cost as much on a million rows as on a hundred.</summary>
public sealed partial class QueryPlanTests : IDisposable
{
    private static readonly List<string> Statements = SqlTexts.In(typeof(SqliteStore));

    /// <summary>
    /// What reads all rows that its condition finds, however many those are, and what bounds them.
    /// </summary>
    private static readonly Dictionary<string, string> ReadsAll = new()
    {
        ["SELECT count(*) FROM tasks INDEXED BY tasks_state "] = "what has not ended, a million at most",
        ["SELECT tenant, state FROM tasks INDEXED BY tasks_ended "] = "some thousand, and what ended within a minute",
        ["SELECT concurrency_key, id, state FROM tasks "] = "the keys that are held now",
        ["SELECT id, attempt FROM tasks INDEXED BY tasks_worker "] = "what one worker runs now",
        ["SELECT token, max_running FROM token_limits "] = "the tokens of a tenant that administrators gave a limit",
        ["SELECT submitter, id FROM tasks INDEXED BY tasks_state "] = "what runs in a tenant now, and only where a token has a limit",
        ["DELETE FROM audit_links WHERE chain = ?1 AND link <= ?2"] = "what a sweep has looked at just before, a batch",
        ["SELECT grain_id, name, start_at, period, etag FROM reminders WHERE grain_id = ?1"] = "the reminders of one grain",
        ["SELECT grain_id, name, start_at, period, etag FROM reminders WHERE hash "] = "read once, at the start of the only silo",
        ["SELECT grain_id, name, start_at, period, etag FROM reminders INDEXED BY reminders_hash "] =
            "read once, at the start of the only silo",
    };

    private readonly SqliteFixture store = new();
    private readonly SqliteDatabase database;

    public QueryPlanTests()
    {
        _ = store.Database;
        database = SqliteDatabase.OpenWriter(store.Path);
    }

    public void Dispose()
    {
        database.Dispose();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Fact]
    public void No_statement_walks_a_table_or_sorts_and_what_reads_all_it_finds_is_known_to()
    {
        Assert.True(Statements.Count > 45, $"only {Statements.Count} found");
        Assert.All(Statements, sql => Assert.True(Fault(sql) is null, $"{Fault(sql)}: {sql}\n{string.Join('\n', Plan(sql))}"));
        foreach (var known in ReadsAll.Keys)
            Assert.True(Statements.Exists(sql => IsKnown(sql, known) && Growing(sql) is not null),
                $"{known}... is listed and does not grow, or is gone");
    }

    [Fact]
    public void Every_index_is_missed_by_some_statement_when_it_is_gone()
    {
        var indexes = Texts("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
        Assert.True(indexes.Count > 10, $"only {indexes.Count} found");
        foreach (var index in indexes)
        {
            database.Execute("BEGIN");
            database.Execute($"DROP INDEX {index}");
            Assert.True(Statements.Exists(sql => Fault(sql) is not null),
                $"Without {index} every plan passes: nothing needs it, or this test sees nothing.");
            database.Execute("ROLLBACK");
        }
    }

    [Theory]
    [InlineData("SELECT kind, count(*) FROM tasks INDEXED BY tasks_kind WHERE tenant = ?1 GROUP BY kind")]
    [InlineData("SELECT id FROM tasks WHERE reason = ?1")]
    [InlineData("SELECT id FROM tasks WHERE tenant = ?1 ORDER BY started_at LIMIT 10")]
    [InlineData("SELECT what FROM audit_notes WHERE at < ?1")]
    [InlineData("UPDATE tasks SET reason = ?2 WHERE tenant = ?1")]
    [InlineData("SELECT count(*) FROM (SELECT 1 FROM tasks WHERE reason = ?1 LIMIT ?2)")]
    [InlineData("SELECT count(*) FROM (SELECT 1 FROM tasks WHERE tenant = ?1 ORDER BY started_at LIMIT ?2)")]
    [InlineData("SELECT count(*) FROM (SELECT 1 FROM tasks INDEXED BY tasks_kind WHERE tenant = ?1 AND kind = ?2)")]
    public void A_statement_that_grows_is_found(string sql) => Assert.NotNull(Fault(sql));

    private string? Fault(string sql)
    {
        try
        {
            var slow = Plan(sql).Find(step => step.Contains("TEMP B-TREE", StringComparison.Ordinal)
                // What a query within it found is read to its end: how that one finds its rows has a step of its own.
                || (step.StartsWith("SCAN", StringComparison.Ordinal) && !step.StartsWith("SCAN json_each", StringComparison.Ordinal)
                    && !step.StartsWith("SCAN (subquery", StringComparison.Ordinal)));
            return slow ?? (ReadsAll.Keys.Any(known => IsKnown(sql, known)) ? null : Growing(sql));
        }
        catch (SqliteException error)
        {
            // It names an index that is not there.
            return error.Message;
        }
    }

    /// <summary>The step that finds more rows the more there are, unless the statement takes only so many of them.</summary>
    private string? Growing(string sql) => sql.Contains("LIMIT", StringComparison.Ordinal)
        ? null
        : Plan(sql)
            .Find(step => step.StartsWith("SEARCH", StringComparison.Ordinal) && !OneRow().IsMatch(step) && !OfOneTask().IsMatch(step));

    private static bool IsKnown(string sql, string known) => sql.ReplaceLineEndings(" ").StartsWith(known, StringComparison.Ordinal);

    private List<string> Plan(string sql) => Texts("EXPLAIN QUERY PLAN " + sql, column: 3);

    private List<string> Texts(string sql, int column = 0)
    {
        using var rows = database.GetStatement(sql);
        var found = new List<string>();
        while (rows.Step()) found.Add(rows.GetText(column));
        return found;
    }

    // Without a condition it is the last row of a table.
    [GeneratedRegex(
        @"^SEARCH \w+$|\((rowid=\?|id=\?|chain=\?|what=\?|name=\? AND key=\?|"
        + @"tenant=\? AND (session|token)=\?|grain_id=\? AND name=\?)\)( LEFT-JOIN)?$")]
    private static partial Regex OneRow();

    [GeneratedRegex(@"\(task=\?")]
    private static partial Regex OfOneTask();
}
