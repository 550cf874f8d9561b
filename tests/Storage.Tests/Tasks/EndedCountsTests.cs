using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.Tasks;
using OpenClaw.Storage.Tests.Postgres;
using OpenClaw.Storage.Tests.Sqlite;

namespace OpenClaw.Storage.Tests.Tasks;

public sealed class EndedCountsTests
{
    [Fact]
    public async Task A_turn_reads_three_parts_and_what_is_new_however_much_has_ended()
    {
        var rows = new EndedRows(10_000);
        var counts = new EndedCounts(rows, partSize: 100);
        await counts.Refresh(Sample.Noon, () => false, default);
        Assert.Equal((10_000, 10_000), (Total(counts), rows.Read));
        for (var minute = 1; minute < 250; minute++)
        {
            rows.Read = 0;
            rows.Times.Add(Sample.Noon.AddMinutes(minute));
            await counts.Refresh(Sample.Noon.AddMinutes(minute), () => false, default);
            Assert.Equal(10_000 + minute, Total(counts));
            Assert.InRange(rows.Read, 1, 305);
        }
    }

    [Fact]
    public async Task Many_are_counted_in_several_turns_and_none_twice()
    {
        var rows = new EndedRows(200);
        var counts = new EndedCounts(rows, partSize: 10);
        var before = 0L;
        for (var turn = 0; !counts.IsComplete; turn++)
        {
            await counts.Refresh(Sample.Noon, () => true, default);
            Assert.InRange(Total(counts), before + 1, 200);
            Assert.InRange(turn, 0, 20);
            before = Total(counts);
        }
        Assert.Equal(200, before);

        // What was counted as the latest is in a part now.
        rows.Times.AddRange(Enumerable.Range(0, 25).Select(i => Sample.Noon.AddSeconds(i)));
        await counts.Refresh(Sample.Noon.AddHours(1), () => true, default);
        Assert.False(counts.IsComplete);
        Assert.Equal(10 + (18 * 11), Total(counts));
    }

    [Fact]
    public async Task What_a_failed_turn_did_not_count_the_next_one_does()
    {
        var rows = new EndedRows(50);
        var counts = new EndedCounts(rows, partSize: 10);
        for (var good = 0; good < 4; good++)
        {
            rows.GoodReads = good;
            await Assert.ThrowsAsync<IOException>(() => counts.Refresh(Sample.Noon, () => false, default).AsTask());
            Assert.False(counts.IsComplete);
            Assert.InRange(Total(counts), 0, 49);
        }
        rows.GoodReads = int.MaxValue;
        await counts.Refresh(Sample.Noon, () => false, default);
        Assert.Equal(50, Total(counts));
    }

    [Fact]
    public async Task Tasks_that_ended_at_one_moment_are_in_one_part()
    {
        var rows = new EndedRows(0);
        rows.Times.AddRange(Enumerable.Repeat(Sample.Noon.AddHours(-2), 35).Concat(Enumerable.Repeat(Sample.Noon.AddHours(-1), 35)));
        var counts = new EndedCounts(rows, partSize: 10);
        await counts.Refresh(Sample.Noon, () => false, default);
        await counts.Refresh(Sample.Noon, () => false, default);
        Assert.Equal(70, Total(counts));
    }

    [Fact]
    public async Task Nobody_waits_much_longer_than_a_second_until_many_are_counted_and_not_at_all_for_what_has_not_ended()
    {
        var clock = new FakeTimeProvider(Sample.Noon);
        var rows = new EndedRows(95_000) { Counting = () => clock.Advance(TimeSpan.FromSeconds(0.4)) };
        using var counts = new TaskCounts(rows, clock);
        Assert.Equal([3], (await counts.GetUnended("default", default)).Values);
        Assert.Equal(0, rows.Read);
        for (var ended = 0L; ended < 95_000;)
        {
            var start = clock.GetTimestamp();
            var answer = await counts.GetAll("default", default);
            Assert.InRange(clock.GetElapsedTime(start).TotalSeconds, 0.4, 1.6);
            Assert.InRange(answer[TaskState.Succeeded], ended + 1, 95_000);
            ended = answer[TaskState.Succeeded];
            clock.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_s_counts_follow_what_is_deleted_and_what_was_committed_long_after_it_ended(bool isPostgres)
    {
        await using IStoreFixture store = isPostgres ? await PostgresFixture.Open() : new SqliteFixture();
        var counts = new EndedCounts(store is PostgresFixture postgres ? postgres.Rows : ((SqliteFixture)store).Rows, partSize: 5);
        var ended = Enumerable.Range(0, 60).Select(i => Ended(Sample.Noon.AddMinutes(i - 70))).ToArray();
        foreach (var record in ended) await store.Tasks.Write(record);
        await store.Tasks.Write(Sample.Queued(Sample.Spec("acme")).Started().Ended(TaskState.Succeeded, Sample.Noon.AddMinutes(-15)));
        Assert.Equal(60, await Turn());

        Assert.Equal(23, await store.Index.DeleteEnded(ended[23].EndedAt!.Value, 60, default));
        Assert.Equal(37, await Turn());

        // The oldest of all, one in the middle that is gone, and one beside it: the other parts have their turn.
        await store.Tasks.Write(Ended(Sample.Noon.AddDays(-1)));
        Assert.Equal(38, await Turn());
        await Delete(ended[40].Id);
        for (var turn = 0; turn < 10; turn++) await Turn();
        Assert.Equal(37, await Turn());
        await store.Tasks.Write(Ended(ended[41].EndedAt!.Value));
        for (var turn = 0; turn < 10; turn++) await Turn();
        Assert.Equal(38, await Turn());

        Assert.Equal(38 + 1, await store.Index.DeleteEnded(Sample.Noon, 60, default));
        Assert.Equal(0, await Turn());

        async Task<long> Turn()
        {
            await counts.Refresh(Sample.Noon, () => false, default);
            return Total(counts);
        }

        async Task Delete(Guid id)
        {
            var task = await store.Tasks.Load(id);
            var state = new GrainState<TaskRecord> { State = task.State, ETag = task.ETag };
            await store.Tasks.ClearStateAsync("task", Sample.Grain(id), state);
        }
    }

    private static TaskRecord Ended(DateTimeOffset at) => Sample.Queued().Started().Ended(TaskState.Succeeded, at);

    private static long Total(EndedCounts counts)
    {
        var states = new Dictionary<TaskState, long>();
        counts.AddTo(states, "default");
        return states.GetValueOrDefault(TaskState.Succeeded);
    }
}
