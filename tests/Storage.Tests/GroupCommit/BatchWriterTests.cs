using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.Storage.GroupCommit;

namespace OpenClaw.Storage.Tests.GroupCommit;

public sealed class BatchWriterTests : IAsyncLifetime
{
    private readonly FakeTarget target = new();
    private BatchWriter<FakeWrite> writer = null!;

    public Task InitializeAsync()
    {
        writer = new BatchWriter<FakeWrite>(target, NullLogger.Instance);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await writer.DisposeAsync();

    [Fact]
    public async Task A_lone_write_is_committed_at_once()
    {
        Assert.Equal(1, await Write(1));
        Assert.Equal([1], Assert.Single(target.Committed));
    }

    [Fact]
    public async Task Writes_that_wait_share_one_commit_of_at_most_400()
    {
        var writes = await WriteWhileHeld(Enumerable.Range(1, 900).Select(number => new FakeWrite(number)));

        Assert.Equal(Enumerable.Range(1, 900), await Task.WhenAll(writes));
        Assert.Equal([1, 400, 400, 100], target.Committed.Select(batch => batch.Length));
        Assert.Equal(Enumerable.Range(0, 901), target.Committed.SelectMany(batch => batch));
    }

    [Fact]
    public async Task One_key_is_once_in_a_batch_and_keeps_its_order()
    {
        var (a, b) = (Guid.NewGuid(), Guid.NewGuid());

        await Task.WhenAll(await WriteWhileHeld([new(1, a), new(2, a), new(3, b), new(4, a), new(5), new(6, b)]));

        Assert.Equal([[0], [1, 3, 5], [2, 6], [4]], target.Committed);
    }

    [Fact]
    public async Task Any_number_of_writes_to_one_key_come_through_in_order()
    {
        var key = Guid.NewGuid();

        await Task.WhenAll(await WriteWhileHeld(Enumerable.Range(1, 1_000).Select(number => new FakeWrite(number, key))));

        Assert.Equal(Enumerable.Range(0, 1_001), target.Committed.SelectMany(batch => batch));
    }

    [Fact]
    public async Task Large_writes_share_a_commit_up_to_16_MiB_and_small_ones_pass_them_but_for_their_key()
    {
        const long Large = 6L << 20;
        var key = Guid.NewGuid();

        await Task.WhenAll(await WriteWhileHeld(
        [
            new(1, bytes: Large), new(2, bytes: Large), new(3, key, bytes: Large), new(4, bytes: 3 * Large), new(5), new(6, key),
            new(7, bytes: Large),
        ]));

        Assert.Equal([[0], [1, 2, 5], [3, 7], [4, 6]], target.Committed);
    }

    [Fact]
    public async Task A_poisoned_write_fails_alone()
    {
        var writes = await WriteWhileHeld([new(1), new(2, poisoned: true), new(3)]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => writes[1]);
        Assert.Equal((1, 3), (await writes[0], await writes[2]));
        Assert.Equal([[0], [1], [3]], target.Committed);
        Assert.Equal(0, target.Closed);
    }

    [Fact]
    public async Task An_unknown_outcome_fails_the_whole_batch_and_opens_the_connection_anew()
    {
        var lost = new IOException("disk");
        target.BreakNext = lost;

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => Write(1));

        Assert.Same(lost, error.InnerException);
        Assert.Equal(1, target.Closed);
        Assert.Empty(target.Committed);
        Assert.Equal(2, await Write(2));
    }

    [Fact]
    public async Task When_the_disk_breaks_while_the_poisoned_is_looked_for_only_what_it_held_is_unknown()
    {
        FakeWrite[] batch = [new(1), new(2, poisoned: true), new(3)];
        var writes = await WriteWhileHeld(batch, onPoison: () => target.BreakNext = new IOException("disk"));

        Assert.Equal(1, target.Closed);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => writes[0]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writes[1]);
        Assert.Equal(3, await writes[2]);
    }

    [Fact]
    public async Task Closing_commits_what_waits_and_refuses_what_comes_after()
    {
        target.Hold();
        var first = Write(1);
        await target.UntilCommitWaits();
        var second = Write(2);
        var closing = writer.DisposeAsync();
        Assert.False(closing.IsCompleted);

        target.LetGo();
        await closing;

        Assert.Equal((1, 2), (await first, await second));
        Assert.True(target.Disposed);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Write(3));
    }

    [Fact]
    public async Task A_full_queue_makes_writers_wait_and_loses_nothing()
    {
        var held = new FakeTarget();
        await using var small = new BatchWriter<FakeWrite>(held, NullLogger.Instance, capacity: 2);
        held.Hold();
        var writes = Enumerable.Range(0, 50).Select(number => new FakeWrite(number)).ToArray();
        await small.Enqueue(writes[0]);
        await held.UntilCommitWaits();
        var queued = writes.Skip(1).Select(write => small.Enqueue(write).AsTask()).ToArray();
        Assert.Contains(queued, task => !task.IsCompleted);

        held.LetGo();

        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(writes.Select(write => write.Durable)));
        Assert.Equal(Enumerable.Range(0, 50), held.Committed.SelectMany(batch => batch));
    }

    private async Task<int> Write(int number)
    {
        var write = new FakeWrite(number);
        await writer.Enqueue(write);
        return await write.Durable;
    }

    /// <summary>Queues writes behind a commit (of number 0) that is held until all are there.</summary>
    private async Task<Task<int>[]> WriteWhileHeld(IEnumerable<FakeWrite> writes, Action? onPoison = null)
    {
        target.Hold();
        var blocker = Write(0);
        await target.UntilCommitWaits();
        var all = writes.ToArray();
        foreach (var write in all) await writer.Enqueue(write);
        target.OnPoison = onPoison;
        target.LetGo();
        await blocker;
        await ((Task)Task.WhenAll(all.Select(write => write.Durable))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. all.Select(write => write.Durable)];
    }
}
