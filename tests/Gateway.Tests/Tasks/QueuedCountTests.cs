using Microsoft.Extensions.Time.Testing;
using OpenClaw.Gateway.Tasks.Submits;

namespace OpenClaw.Gateway.Tests.Tasks;

public sealed class QueuedCountTests
{
    private readonly FakeTimeProvider clock = new();
    private int stored;
    private int asked;
    private TaskCompletionSource? hold;

    private QueuedCount Count => field ??= new QueuedCount(CountStored, clock);

    [Fact]
    public async Task No_more_are_let_in_than_there_is_room_for_however_many_come_at_once()
    {
        stored = 3;
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await Count.Reserve(10))));

        Assert.Equal(7, answers.Count(answer => answer is not null));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task What_left_the_queue_makes_room_when_the_store_is_asked_again()
    {
        stored = 2;
        Assert.Null(await Count.Reserve(2));
        stored = 1;
        Assert.Null(await Count.Reserve(2));
        clock.Advance(TimeSpan.FromMilliseconds(250));

        using (await Count.Reserve(2)) Assert.Equal(2, asked);
        Assert.Null(await Count.Reserve(2));
    }

    /// <summary>One task after the other never meets the limit, however quick they are.</summary>
    [Fact]
    public async Task Tasks_that_have_ended_count_no_longer_than_a_moment()
    {
        for (var i = 0; i < 20; i++)
        {
            using (await Count.Reserve(2)) clock.Advance(TimeSpan.FromMilliseconds(2));
            clock.Advance(TimeSpan.FromMilliseconds(9));
        }
        Assert.NotNull(await Count.Reserve(2));
    }

    [Fact]
    public async Task A_submit_that_is_under_way_while_the_store_is_asked_is_not_forgotten()
    {
        var booking = await Count.Reserve(1);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await Count.Reserve(1));

        booking!.Value.Dispose();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await Count.Reserve(1));
    }

    [Fact]
    public async Task What_others_let_in_is_seen_after_a_second()
    {
        using (await Count.Reserve(5)) stored = 5;
        Assert.NotNull(await Count.Reserve(5));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await Count.Reserve(5));
    }

    [Fact]
    public async Task A_store_that_can_not_be_asked_is_asked_again()
    {
        hold = new TaskCompletionSource();
        var waits = Count.Reserve(1).AsTask();
        hold.SetException(new IOException("gone"));
        await Assert.ThrowsAsync<IOException>(() => waits);
        hold = null;

        Assert.NotNull(await Count.Reserve(1));
    }

    private async Task<int> CountStored(int limit)
    {
        Interlocked.Increment(ref asked);
        if (hold is { } held) await held.Task;
        return Math.Min(stored, limit);
    }
}
