using OpenClaw.GrainInterfaces.WakeUps;

namespace OpenClaw.Storage.Tests.Postgres;

public sealed class DueTasksTests
{
    [Fact]
    public async Task One_walk_of_the_index_serves_each_shard_once()
    {
        await using var store = await PostgresFixture.Open();
        var later = Sample.Noon.AddDays(1);
        var (here, there) = (Sample.Queued(), Sample.Queued());
        while (WakeUpShards.GetShard(there.Id) == WakeUpShards.GetShard(here.Id)) there = Sample.Queued();
        await store.Tasks.Write(here);
        Assert.Equal([here.Id], await store.Index.ReadDueTasks(WakeUpShards.GetShard(here.Id), later, 10, default));
        await store.Tasks.Write(there);

        // What was found for the first shard is the second one's answer, until it asks again or some seconds have passed.
        Assert.Empty(await store.Index.ReadDueTasks(WakeUpShards.GetShard(there.Id), later, 10, default));
        Assert.Equal([there.Id], await store.Index.ReadDueTasks(WakeUpShards.GetShard(there.Id), later, 10, default));
        Assert.Equal([here.Id], await store.Index.ReadDueTasks(WakeUpShards.GetShard(here.Id), later, 10, default));
    }

    [Fact]
    public async Task Where_more_are_due_than_one_walk_brings_each_shard_finds_its_own()
    {
        await using var store = await PostgresFixture.Open();
        var records = Enumerable.Range(0, 1_100).Select(_ => Sample.Queued()).ToArray();
        await Task.WhenAll(records.Select(record => store.Tasks.Write(record)));

        var found = new List<Guid>();
        for (var shard = 0; shard < WakeUpShards.Count; shard++)
            found.AddRange(await store.Index.ReadDueTasks(shard, Sample.Noon.AddDays(1), 1_000, default));

        Assert.Equal(records.Select(record => record.Id).Order(), found.Order());
    }
}
