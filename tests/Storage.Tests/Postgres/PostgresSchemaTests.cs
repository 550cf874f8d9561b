using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Schema;
using OpenClaw.TestKit.Postgres;

namespace OpenClaw.Storage.Tests.Postgres;

public sealed class PostgresSchemaTests : IAsyncLifetime
{
    private static readonly IReadOnlyList<MigrationScript> Ours = PostgresMigrations.LoadScripts();
    private string connection = "";

    public async Task InitializeAsync() => connection = await (await PostgresServer.ForAll).CreateDatabase();

    public async Task DisposeAsync() => await TestDatabase.Drop(connection);

    [Fact]
    public void Each_number_is_taken_once_and_none_is_left_out() =>
        Assert.Equal(Enumerable.Range(1, Ours.Count), Ours.Select(script => script.Version));

    [Fact]
    public async Task Several_that_start_together_apply_each_migration_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Prepare())));

        Assert.Equal(Ours.Select(script => script.Name), await Applied());
        await Prepare();
        Assert.Equal(Ours.Count, (await Applied()).Count);
    }

    [Fact]
    public async Task A_newer_schema_is_accepted_when_it_says_that_our_code_may_run_on_it()
    {
        var known = Ours[^1].Version;
        await Prepare([.. Ours, Future(known + 1, readableFrom: known)]);

        await Prepare();

        Assert.Equal(Ours.Count + 1, (await Applied()).Count);
    }

    [Fact]
    public async Task A_newer_schema_that_our_code_can_not_read_is_refused_and_left_alone()
    {
        var known = Ours[^1].Version;
        await Prepare([.. Ours, Future(known + 1, readableFrom: known), Future(known + 2, readableFrom: known + 1)]);

        var error = await Assert.ThrowsAsync<StoreStartException>(() => Prepare());

        var sentence = $"newer OpenClaw (schema {known + 2}, readable from {known + 1} on; this one knows {known})";
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Equal(Ours.Count + 2, (await Applied()).Count);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_of_itself_and_of_those_before_it()
    {
        var broken = new MigrationScript(99, "0099_broken.sql", 1, "CREATE TABLE half (id integer); SELECT 1 / 0;");

        var error = await Assert.ThrowsAsync<StoreStartException>(() => Prepare([.. Ours, broken]));

        Assert.Contains("division by zero", error.Message, StringComparison.Ordinal);
        Assert.Empty(await Rows("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public void A_script_must_say_from_which_schema_on_code_may_run_on_it()
    {
        Assert.Equal(3, MigrationScript.Parse("0007_x.sql", "-- readable from: 3\nSELECT 1", isShared: true).ReadableFrom);
        Assert.Throws<InvalidOperationException>(() => MigrationScript.Parse("0007_x.sql", "SELECT 1", isShared: true));
        // A database that one process has to itself: a newer schema is never readable.
        Assert.Equal(7, MigrationScript.Parse("0007_x.sql", "SELECT 1", isShared: false).ReadableFrom);
    }

    [Fact]
    public async Task A_server_that_comes_up_later_is_waited_for()
    {
        await using var server = await PostgresServer.Start();
        var late = await server.CreateDatabase();
        await server.Stop();
        var preparing = PostgresSchema.EnsureUpToDate(late, TimeProvider.System, NullLogger.Instance, default);
        Assert.False(preparing.IsCompleted);

        await server.Start();
        await preparing;

        await using var open = await TestDatabase.Open(late);
        Assert.Equal(Ours.Count, (await TestDatabase.Names(open, "SELECT name FROM schema_migrations")).Count);
    }

    [Fact]
    public async Task A_server_that_never_comes_is_given_up_with_a_sentence()
    {
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(61) };

        var error = await Assert.ThrowsAsync<StoreStartException>(
            () => PostgresSchema.EnsureUpToDate("Host=127.0.0.1;Port=1;Username=u;Database=d", clock, NullLogger.Instance, default));

        Assert.StartsWith("PostgreSQL at 127.0.0.1:1 did not answer within 60 s", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Database=nowhere", "There is no database nowhere. Make it: CREATE DATABASE \"nowhere\"")]
    [InlineData("Username=nobody", "PostgreSQL does not let user nobody in")]
    [InlineData("Maximum Pool Size=many", "The connection string of the database cannot be read")]
    public async Task What_only_a_person_can_put_right_is_said_at_once(string change, string sentence)
    {
        var error = await Assert.ThrowsAsync<StoreStartException>(() => Prepare(connection + ";" + change));

        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_the_right_to_create_is_told_so_but_may_use_what_is_there()
    {
        var user = new NpgsqlConnectionStringBuilder(connection).Database + "_guest";
        var server = await PostgresServer.ForAll;
        await server.Execute($"CREATE ROLE {user} LOGIN");

        var error = await Assert.ThrowsAsync<StoreStartException>(() => Prepare($"{connection};Username={user}"));
        Assert.Contains($"User {user} may not change the schema", error.Message, StringComparison.Ordinal);

        await Prepare();
        await using (var open = await TestDatabase.Open(connection))
        {
            await TestDatabase.Execute(open, $"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user}");
            await Prepare($"{connection};Username={user}");
            await TestDatabase.Execute(open, $"DROP OWNED BY {user}");
        }
        await server.Execute($"DROP ROLE {user}");
    }

    private static MigrationScript Future(int version, int readableFrom) =>
        new(version, $"{version:0000}_future.sql", readableFrom, $"CREATE TABLE future_{version} (id integer)");

    private Task Prepare() => Prepare(connection);

    private static Task Prepare(string connection) =>
        PostgresSchema.EnsureUpToDate(connection, TimeProvider.System, NullLogger.Instance, default);

    private Task Prepare(IReadOnlyList<MigrationScript> scripts) =>
        PostgresSchema.EnsureUpToDate(connection, scripts, TimeProvider.System, NullLogger.Instance, default);

    private Task<List<string>> Applied() => Rows("SELECT name FROM schema_migrations ORDER BY version");

    private async Task<List<string>> Rows(string sql)
    {
        await using var open = await TestDatabase.Open(connection);
        return await TestDatabase.Names(open, sql);
    }
}
