using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>Somebody's open transaction holds rows that are to be written.</summary>
public sealed class LockedRowTests : IAsyncLifetime
{
    private PostgresFixture store = null!;

    public async Task InitializeAsync() => store = await PostgresFixture.Open();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task Others_are_written_while_a_row_is_locked_and_its_own_write_is_once_it_is_free()
    {
        var hung = Sample.Queued();
        await store.Tasks.Write(hung);
        await using var other = await TestDatabase.Open(store.Connection);
        await using var transaction = await other.BeginTransactionAsync();
        await TestDatabase.Execute(other, $"SELECT FROM tasks WHERE id = '{hung.Id}' FOR UPDATE");

        var write = store.Tasks.Write(hung.Started(), "1");
        // Longer than the 100 ms that a batch waits for a lock, and shorter than the 10 s after which its write is given up.
        var clock = TimeProvider.System;
        for (var (round, began) = (0, clock.GetTimestamp()); round < 30
            && (round < 3 || clock.GetElapsedTime(began) < TimeSpan.FromSeconds(3)); round++)
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.Tasks.Write(Sample.Queued())));

        Assert.False(write.IsCompleted);
        await transaction.RollbackAsync();
        Assert.Equal("2", await write);
    }

    [Fact]
    public async Task A_lock_that_stays_fails_its_own_writes_alone_and_nothing_of_them_is_stored()
    {
        var hung = Enumerable.Range(0, 3).Select(_ => Sample.Queued(Sample.Spec() with { Session = "talk" })).ToArray();
        foreach (var record in hung) await store.Tasks.Write(record);
        await using var other = await TestDatabase.Open(store.Connection);
        await using var transaction = await other.BeginTransactionAsync();
        await TestDatabase.Execute(other, "SELECT FROM conversations FOR UPDATE");

        var writes = hung.Select(record => store.Tasks.Write(record.Started(), "1")).ToArray();
        var free = Enumerable.Range(0, 100).Select(_ => store.Tasks.Write(Sample.Queued())).ToArray();
        await Task.WhenAll(free);
        Assert.DoesNotContain(writes, write => write.IsCompleted);

        foreach (var write in writes) await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
        var again = store.Tasks.Write(hung[0].Started(), "1");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => store.Tasks.Write(Sample.Queued())));
        Assert.False(again.IsCompleted);
        await transaction.RollbackAsync();
        Assert.Equal("2", await again);
        Assert.Equal(1, (await store.Tasks.Load(hung[1].Id)).State.Version);
    }

    [Fact]
    public async Task Writes_of_one_row_keep_their_order_while_it_is_locked()
    {
        var hung = Sample.Queued();
        await store.Tasks.Write(hung);
        await using var other = await TestDatabase.Open(store.Connection);
        await using var transaction = await other.BeginTransactionAsync();
        await TestDatabase.Execute(other, $"SELECT FROM tasks WHERE id = '{hung.Id}' FOR UPDATE");

        var started = hung.Started();
        var first = store.Tasks.Write(started, "1");
        await store.Tasks.Write(Sample.Queued());
        var second = store.Tasks.Write(started with { Version = 3 }, "2");
        await transaction.RollbackAsync();

        Assert.Equal(("2", "3"), (await first, await second));
    }
}
