using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Sqlite;

namespace OpenClaw.Storage.Tests.Sqlite;

/// <summary>No room on the disk: told to whoever writes, to whoever asks, and once a minute to the log.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const string Sentence = "The disk is full: nothing is stored until there is room.";
    private readonly string folder = Directory.CreateTempSubdirectory("openclaw-full-").FullName;
    private readonly FakeTimeProvider clock = new(Sample.Noon);
    private readonly LineLog<SqliteStore> log = new();
    private SqliteStore store = null!;

    public Task InitializeAsync()
    {
        store = new SqliteStore(Path.Combine(folder, "openclaw.db"), clock, log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_write_that_finds_no_room_fails_with_the_reason_and_as_a_full_disk()
    {
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => Write(WithoutRoom));

        Assert.Equal(Sentence, failure.Message);
        Assert.True(ClusterErrors.IsDiskFull(failure));
        Assert.True(ClusterErrors.IsDiskFull(new OrleansException("wrapped", failure)));
        Assert.False(ClusterErrors.IsDiskFull(new StoreUnavailableException("another reason", null)));
    }

    [Fact]
    public async Task A_hundred_refused_writes_are_two_lines_in_a_minute_without_a_stack()
    {
        for (var i = 0; i < 100; i++) await Assert.ThrowsAsync<StoreUnavailableException>(() => Write(WithoutRoom));
        clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Write(WithoutRoom));

        Assert.Equal(
            [$"{Sentence} Writes refused since the last such line: 1.", $"{Sentence} Writes refused since the last such line: 100."],
            log.Lines.Where(line => line.Contains("refused", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Lines, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_asks_hears_of_it_until_a_write_is_taken()
    {
        Assert.Null(await store.FindRefusal(default));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Write(WithoutRoom));
        Assert.Equal(Sentence, await store.FindRefusal(default));

        await Write(_ => { });

        Assert.Null(await store.FindRefusal(default));
        Assert.Contains("Writes are taken again.", log.Lines);
    }

    [Fact]
    public async Task Whoever_asks_has_a_write_tried_when_nobody_else_writes_and_it_changes_nothing()
    {
        var schema = await Schema();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Write(WithoutRoom));
        // The writer was closed, and nobody else has the file open: its log is gone.
        Assert.False(File.Exists(Path.Combine(folder, "openclaw.db-wal")));

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await store.FindRefusal(default));
        Assert.True(new FileInfo(Path.Combine(folder, "openclaw.db-wal")).Length > 0, "A trial that writes nothing proves nothing.");
        Assert.Equal(schema, await Schema());
    }

    private static void WithoutRoom(SqliteDatabase database) =>
        throw new SqliteException("database or disk is full", SQLitePCL.raw.SQLITE_FULL);

    private async Task<long> Schema()
    {
        var version = 0L;
        await Write(database =>
        {
            using var row = database.GetStatement("PRAGMA user_version");
            row.Step();
            version = row.GetLong(0);
        });
        return version;
    }

    private async Task Write(Action<SqliteDatabase> apply) => await store.Write(new Step(apply));

    private sealed class Step(Action<SqliteDatabase> apply) : SqliteOperation<bool>
    {
        public override void Apply(SqliteDatabase database) => apply(database);
    }
}
