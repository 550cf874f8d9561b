using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Storage.Tests.Sqlite;

public sealed class SqliteStoreTests : IAsyncLifetime
{
    private readonly SqliteFixture store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_kill_within_a_transaction_leaves_nothing_of_it()
    {
        var before = Sample.Queued();
        await store.Tasks.Write(before);
        using var applied = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        var open = store.Database.Write(new Step(database =>
        {
            Insert(database, "uncommitted");
            applied.Release();
            go.Wait(TimeSpan.FromSeconds(30));
        })).AsTask();
        await applied.WaitAsync();

        await using (var killed = await store.AfterKill())
        {
            Assert.True((await killed.Tasks.Load(before.Id)).RecordExists);
            Assert.Empty(await killed.Notes());
        }
        Assert.Empty(await store.Notes());

        go.Release();
        await open;
        Assert.Equal(["uncommitted"], await store.Notes());
    }

    [Fact]
    public async Task A_write_that_fails_half_way_leaves_nothing_and_the_others_of_its_batch_are_kept()
    {
        using var entered = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        var blocker = store.Database.Write(new Step(_ =>
        {
            entered.Release();
            go.Wait(TimeSpan.FromSeconds(30));
        })).AsTask();
        await entered.WaitAsync();
        var first = store.Database.Write(new Step(database => Insert(database, "first"))).AsTask();
        var poisoned = store.Database.Write(new Step(database =>
        {
            Insert(database, "half");
            Insert(database, null);
        })).AsTask();
        var last = store.Database.Write(new Step(database => Insert(database, "last"))).AsTask();

        go.Release();
        await Task.WhenAll(blocker, first, last);

        Assert.True((await Assert.ThrowsAsync<SqliteException>(() => poisoned)).IsAboutTheStatement);
        Assert.Equal(["first", "last"], await store.Notes());
    }

    [Fact]
    public async Task After_a_failed_connection_the_writer_goes_on_with_a_new_one()
    {
        var disk = new SqliteException("disk I/O error", SQLitePCL.raw.SQLITE_IOERR);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Database.Write(new Step(_ => throw disk)).AsTask());

        Assert.Same(disk, error.InnerException);
        await store.Database.Write(new Step(database => Insert(database, "after")));
        Assert.Equal(["after"], await store.Notes());
    }

    [Fact]
    public async Task A_locked_database_is_an_unknown_outcome_and_no_conflict()
    {
        using var other = SqliteDatabase.OpenWriter(store.Path);
        await store.Database.Write(new Step(database => database.Execute("PRAGMA busy_timeout=1")));
        other.Execute("BEGIN IMMEDIATE");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Tasks.Write(Sample.Queued()));

        other.Execute("ROLLBACK");
        await store.Tasks.Write(Sample.Queued());
    }

    [Fact]
    public async Task Commits_are_synced_to_the_disk_and_readers_cannot_write()
    {
        var synchronous = 0L;
        await store.Database.Write(new Step(database =>
        {
            using var setting = database.GetStatement("PRAGMA synchronous");
            setting.Step();
            synchronous = setting.GetLong(0);
        }));

        Assert.Equal(2, synchronous);
        Assert.Equal(["wal"], await store.Query("PRAGMA journal_mode", row => row.GetText(0)));
        await Assert.ThrowsAsync<SqliteException>(() => store.Query("DELETE FROM tasks", row => row.GetText(0)));
    }

    [Fact]
    public async Task Files_are_readable_by_their_owner_only()
    {
        if (OperatingSystem.IsWindows()) return;
        await store.Tasks.Write(Sample.Queued());
        foreach (var file in Directory.GetFiles(store.Folder))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        Assert.Equal(3, Directory.GetFiles(store.Folder).Length);
    }

    private static void Insert(SqliteDatabase database, string? what)
    {
        using var insert = database.GetStatement("INSERT INTO audit_notes (at, what, token_id) VALUES (1, ?1, 'tok')");
        insert.Add(what).RunToEnd();
    }

    private sealed class Step(Action<SqliteDatabase> apply) : SqliteOperation<bool>
    {
        public override void Apply(SqliteDatabase database) => apply(database);
    }
}
