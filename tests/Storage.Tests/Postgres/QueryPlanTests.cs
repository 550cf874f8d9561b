using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;
using OpenClaw.GrainInterfaces.Output;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Postgres.GroupCommit;
using OpenClaw.Storage.Postgres.Servers;
using OpenClaw.Storage.Postgres.Tasks;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>
/// The store's statements must cost as much on a million rows as on a hundred, also when their plan was made while the tables were empty
/// and is kept from then on.
/// </summary>
public sealed partial class QueryPlanTests
{
    /// <summary>Types of parameters that the server can't find out by itself: what is taken apart by <c>unnest</c>.</summary>
    private static readonly Dictionary<string, string> Types = new()
    {
        ["InsertTasks.Alone"] = GetTypes(InsertTasks.Instance, new InsertTask(Sample.Queued())),
        ["InsertTasks.WithSessions"] = GetTypes(InsertTasks.Instance, new InsertTask(Sample.Queued())),
        ["UpdateTasks.Statements[0]"] = GetTypes(UpdateTasks.Instance, EndTask(TaskExtras.None)),
        ["UpdateTasks.Statements[1]"] = GetTypes(UpdateTasks.Instance, EndTask(TaskExtras.Sessions)),
        ["UpdateTasks.Statements[2]"] = GetTypes(UpdateTasks.Instance, EndTask(TaskExtras.Webhooks)),
        ["UpdateTasks.Statements[3]"] = GetTypes(UpdateTasks.Instance, EndTask(TaskExtras.Sessions | TaskExtras.Webhooks)),
        ["UpdateTasks.Statements[4]"] = GetTypes(UpdateTasks.Instance, EndTask(TaskExtras.Output)),
        ["UpdateTasks.Statements[5]"] = GetTypes(UpdateTasks.Instance, EndTask(TaskExtras.Sessions | TaskExtras.Output)),
        ["UpdateTasks.Statements[6]"] = GetTypes(UpdateTasks.Instance, EndTask(TaskExtras.Webhooks | TaskExtras.Output)),
        ["UpdateTasks.Statements[7]"] =
            GetTypes(UpdateTasks.Instance, EndTask(TaskExtras.Sessions | TaskExtras.Webhooks | TaskExtras.Output)),
        ["WebhookOutbox.Due"] = "int8,text[],int4",
        ["WebhookOutbox.Claim"] = "int8[],int8,int8",
        ["InsertNotes.Sql"] = "int8[],text[],text[],text[],uuid[],text[],bytea[],text",
        ["TaskPages.ByState"] = "text,int8,int8,uuid,int4,int2[]",
        ["TaskPages.ByStateKind"] = "text,int8,int8,uuid,int4,int2[],text",
        ["TaskPages.ByWorker"] = "text,int8,int8,uuid,int4,int2[],text",
        ["TaskPages.ByWorkerKind"] = "text,int8,int8,uuid,int4,int2[],text,text",
        ["TaskPages.Awaiting"] = "text,int8,int8,uuid,int4,text,text",
        ["TaskIndex.FirstOfEachKey"] = "text,text,text[],int8",
        ["TaskIndex.RunningOnEach"] = "text,text[]",
        ["OutputReads.SelectLatest"] = "uuid[]",
        ["AppendRows.First"] = "int8,int4,int8,int8,int8,int8,int8,int8,int8,int8",
        ["DeleteTasks.Leave"] = "text[],text[]",
        ["DeleteTasks.LinkRemoved"] = "int8[],text",
        ["DeleteTasks.KeepTrails"] = "int8[],uuid[],text[],int8[]",
    };

    /// <summary>These sort no more rows than they were given, than a page has or some thousand that have ended.</summary>
    private static readonly string[] MaySort =
    [
        "InsertTasks.Alone", "InsertTasks.WithSessions",
        .. Enumerable.Range(0, 8).Select(extras => string.Create(CultureInfo.InvariantCulture, $"UpdateTasks.Statements[{extras}]")),
        "TaskPages.ByKind",
        "TaskPages.ByState", "TaskPages.ByStateKind", "TaskPages.ByWorker", "TaskPages.ByWorkerKind", "TaskIndex.Groups",
        "DeleteTasks.Oldest", "DeleteTasks.Leave", "DeleteTasks.LinkRemoved", "InsertNotes.Sql", "OutputReads.SelectLatest",
        "TaskRows.EndedBetween",
    ];

    /// <summary>
    /// These read more the more there are: of what, and why it is borne. Tasks that have not ended are counted over an index, and there are
    /// about a million at most. What runs of tokens with a limit is read from all that runs in a tenant: as much as PCs have slots.
    /// </summary>
    private static readonly string[] Grows = ["TaskRows.OfState", "RunningLimits.Running"];

    [Fact]
    public async Task No_statement_walks_a_table_or_sorts_one_whose_plan_was_made_while_all_was_empty()
    {
        await using var database = await Planned(filled: false);
        foreach (var (statement, sql) in Statements()) await IsGood(database.Connection, statement, sql);
    }

    [Fact]
    public async Task No_statement_reads_more_the_more_rows_there_are()
    {
        await using var database = await Planned(filled: true);
        foreach (var (statement, sql) in Statements())
        {
            await IsGood(database.Connection, statement, sql);
            var growing = await Growing(database.Connection, statement, sql);
            // What is listed must still be so: a list of what was mended hides the next one.
            Assert.True(Grows.Contains(statement) == growing is not null, $"{statement}: {growing ?? "is listed as growing and does not"}");
        }
    }

    [Fact]
    public async Task Every_index_is_missed_by_some_statement_when_it_is_gone()
    {
        await using var database = await Planned(filled: true);
        var statements = Statements();
        var indexes = await TestDatabase.Names(database.Connection,
            """
            SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
            WHERE t.relname IN ('tasks', 'task_specs', 'audit', 'audit_notes', 'output_cursors', 'output_chunks', 'conversations')
                AND NOT x.indisunique
            """);
        Assert.True(indexes.Count >= 10, $"only {indexes.Count} found");
        foreach (var index in indexes)
        {
            await using var undone = await database.Connection.BeginTransactionAsync();
            await TestDatabase.Execute(database.Connection, $"DROP INDEX {index}");
            var missed = false;
            foreach (var (statement, sql) in statements)
                missed = missed || Fault(statement, await Explain(database.Connection, statement, sql)) is not null
                    || (!Grows.Contains(statement) && await Growing(database.Connection, statement, sql) is not null);
            Assert.True(missed, $"Without {index} every plan passes: nothing needs it, or these tests see nothing.");
            await undone.RollbackAsync();
        }
    }

    [Theory]
    [InlineData("SELECT state, count(*) FROM tasks WHERE tenant = $1 GROUP BY state")]
    [InlineData("SELECT id FROM tasks WHERE tenant = $1 AND kind = 'kind1'")]
    [InlineData("SELECT id FROM tasks WHERE tenant = $1 ORDER BY created_at DESC, id DESC")]
    [InlineData("SELECT what FROM audit_notes WHERE at < $1")]
    [InlineData("SELECT id FROM (SELECT id FROM tasks WHERE tenant = $1 OFFSET 0) t ORDER BY id LIMIT 10")]
    [InlineData("SELECT WHERE EXISTS (SELECT FROM tasks WHERE seq = $1 AND state < 4)")]
    public async Task A_statement_that_grows_is_found(string sql)
    {
        await using var database = await Planned(filled: true);
        var growing = await Growing(database.Connection, "planted", sql);
        Assert.True(growing is not null || Fault("planted", await Explain(database.Connection, "planted", sql)) is not null);
    }

    [Fact]
    public async Task A_look_at_the_groups_passes_what_a_held_transaction_keeps_once()
    {
        await using var database = await Planned(filled: false);
        await using var holder = await TestDatabase.Open(database.Name);
        await using var held = await holder.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await TestDatabase.Execute(holder, "SELECT FROM tasks");
        await Queue(database.Connection, 2_000);
        await TestDatabase.Execute(database.Connection, "UPDATE tasks SET state = 4");
        await Queue(database.Connection, 1);

        var plan = await TestDatabase.Names(database.Connection,
            "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + Regex.Replace(
                Statements().Single(statement => statement.Name == "TaskIndex.Groups").Sql, @"\$[123]",
                parameter => parameter.Value == "$3" ? "9" : "'default'"));

        var passed = plan.Sum(line => HeapFetches().Match(line) is { Success: true } found
            ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0);
        Assert.InRange(passed, 2_000, 2_010);
    }

    private static async Task IsGood(NpgsqlConnection connection, string statement, string sql)
    {
        var plan = await Explain(connection, statement, sql);
        Assert.True(Fault(statement, plan) is null, $"{statement}: {Fault(statement, plan)}\n{string.Join('\n', plan)}");
    }

    private static async Task<PlannedDatabase> Planned(bool filled)
    {
        var name = await TestDatabase.Create();
        var connection = await TestDatabase.Open(PostgresDatabase.ApplyDefaults(name + ";Command Timeout=300").ConnectionString);
        await ServerHandshake.PrepareSession(connection, SessionSettings.WaitsForLocks, async: true);
        if (filled) await Fill(connection);
        await TestDatabase.Execute(connection, "SET plan_cache_mode = force_generic_plan");
        Assert.True(Statements().Count > 20, $"only {Statements().Count} found");
        return new(name, connection);
    }

    private static string? Fault(string statement, List<string> plan)
    {
        for (var i = 0; i < plan.Count; i++)
        {
            if (plan[i].Contains("Seq Scan", StringComparison.Ordinal)) return "reads all of a table";
            if (plan[i].Contains("Hash Join", StringComparison.Ordinal) || plan[i].Contains("Merge Join", StringComparison.Ordinal))
            {
                return "joins by reading all of both";
            }
            if (plan[i].Contains("Sort Key", StringComparison.Ordinal) && !MaySort.Contains(statement)) return "sorts";
            if (Leftover().IsMatch(plan[i])) return "picks from rows what an index should find";
            var scans = IndexScan().IsMatch(plan[i]);
            if (scans && !plan[i + 1].Contains("Index Cond", StringComparison.Ordinal)) return "reads all of an index";
        }
        return null;
    }

    private static async Task<string?> Growing(NpgsqlConnection connection, string name, string sql) =>
        PlanTree.Growing(await Explain(connection, name, sql, "FORMAT JSON"));

    private static async Task<List<string>> Explain(NpgsqlConnection connection, string name, string sql, string how = "COSTS OFF")
    {
        var count = Parameter().Matches(sql).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Max();
        var types = Types.TryGetValue(name, out var known) ? $"({known})" : "";
        await TestDatabase.Execute(connection, $"PREPARE asked{types} AS {sql}");
        var plan =
            await TestDatabase.Names(connection, $"EXPLAIN ({how}) EXECUTE asked({string.Join(", ", Enumerable.Repeat("NULL", count))})");
        await TestDatabase.Execute(connection, "DEALLOCATE asked");
        return plan;
    }

    private static List<(string Name, string Sql)> Statements() =>
    [
        .. from type in typeof(PostgresStore).Assembly.GetTypes()
           where type.Namespace?.StartsWith("OpenClaw.Storage.Postgres", StringComparison.Ordinal) == true
           from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
           where field.FieldType == typeof(string) || field.FieldType == typeof(string[])
           from statement in Name($"{type.Name}.{field.Name}", field.GetValue(null)!)
           where Verb().IsMatch(statement.Sql) && statement.Sql.Contains("$1", StringComparison.Ordinal) && IsWhole(field.Name)
           select statement,
    ];

    private static IEnumerable<(string Name, string Sql)> Name(string name, object found) => found is string[] all
        ? all.Select((sql, i) => (string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), sql))
        : [(name, (string)found)];

    /// <summary>Beginnings that others are put together from.</summary>
    private static bool IsWhole(string field) =>
        field is not ("DueEntry" or "OfSpecs" or "EachState" or "Rows" or "Enough" or "Begin" or "Move");

    /// <summary>An end with these beside the task's row.</summary>
    private static UpdateTask EndTask(TaskExtras extras)
    {
        var spec = Sample.Spec() with
        {
            Session = extras.HasFlag(TaskExtras.Sessions) ? "talk" : null,
            CallbackUrl = extras.HasFlag(TaskExtras.Webhooks) ? "https://a.example/" : null,
        };
        var output = new EndOutput([new EndChunk(OutputStream.Stdout, [1], Sample.Noon, null)]);
        var ended = Sample.Queued(spec).Started().Ended(TaskState.Failed);
        return new UpdateTask(ended with { Output = extras.HasFlag(TaskExtras.Output) ? output : null }, 2);
    }

    private static string GetTypes(BulkStatement statement, PostgresOperation operation) =>
        string.Join(',', statement.CreateCommand([operation]).Parameters.Select(parameter => parameter.DataTypeName));

    private static Task Queue(NpgsqlConnection connection, int count) => TestDatabase.Execute(
        connection,
        $"""
        INSERT INTO tasks (seq, id, version, state, tenant, pool, kind, requires, priority, shard, created_at, attempt, failed_attempts,
            cancel_requested, epoch)
        SELECT n, gen_random_uuid(), 1, 1, 'default', 'default', 'command', 'kind:command', 0, 0, nextval('task_numbers'), 0, 0, false, 0
        FROM generate_series(1, {count}) n
        """);

    private static Task Fill(NpgsqlConnection connection) => TestDatabase.Execute(
        connection,
        """
        INSERT INTO tasks (seq, id, version, state, tenant, pool, kind, requires, priority, shard, created_at, session,
            attempt, failed_attempts, cancel_requested, epoch, worker, ended_at, wake_at)
        SELECT n, gen_random_uuid(), 1, 1 + n % 10, 'default', 'default', 'kind' || n % 3, 'kind:command', 0, n % 64, n, 's' || n % 99,
            0, 0, false, 0, 'w' || n % 99, CASE WHEN n % 10 > 2 THEN n END, CASE WHEN n % 10 <= 2 THEN n END
        FROM generate_series(1, 20000) n;
        INSERT INTO task_specs (seq, id, tenant, kind, created_at, start_within, timeout, kill_grace, max_attempts, payload)
        SELECT seq, id, tenant, kind, created_at, 1, 1, 1, 1, '' FROM tasks;
        INSERT INTO audit (task, version, at, what, state, attempt, token_id)
        SELECT n % 20000, n, 1, 'x', 1, 0, 't' FROM generate_series(1, 60000) n;
        INSERT INTO audit_notes (at, what, token_id) SELECT n, 'x', 't' FROM generate_series(1, 20000) n;
        INSERT INTO output_cursors SELECT seq, 1, 1, 1, 1, 1, NULL, 1 FROM tasks;
        INSERT INTO output_chunks SELECT seq, 1, 1, 1, 1, 1, 1, false, '' FROM tasks;
        INSERT INTO conversations SELECT n, 1, 'default', 's' || n FROM generate_series(1, 20000) n;
        ANALYZE;
        """);

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"Index (Only )?Scan")]
    private static partial Regex IndexScan();

    [GeneratedRegex(@"Filter: (\(+(tenant|pool|kind|worker|shard|seq) = |.*\bAND \(seq = "
        + @"|.*\b(awaits|wake_at|ended_at|concurrency_key) IS NOT NULL)")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"Heap Fetches: (\d+)")]
    private static partial Regex HeapFetches();

    [GeneratedRegex("^(SELECT|WITH|UPDATE|DELETE|INSERT) ")]
    private static partial Regex Verb();

    private sealed record PlannedDatabase(string Name, NpgsqlConnection Connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Connection.DisposeAsync();
            await TestDatabase.Drop(Name);
        }
    }
}
