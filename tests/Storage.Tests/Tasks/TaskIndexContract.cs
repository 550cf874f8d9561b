using CsCheck;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.WakeUps;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Storage.Tests.Tasks;

public abstract class TaskIndexContract : StoreContract
{
    [Fact]
    public async Task The_backlog_holds_queued_tasks_of_one_group_by_priority_then_arrival()
    {
        var late = Sample.Queued(createdAt: Sample.Noon.AddSeconds(2));
        var early = Sample.Queued(createdAt: Sample.Noon.AddSeconds(1));
        var urgent = Sample.Queued(Sample.Spec() with { Priority = 5 }, Sample.Noon.AddSeconds(3));
        var other = Sample.Queued(Sample.Spec(requires: "gpu,kind:command"));
        var elsewhere = Sample.Queued(Sample.Spec() with { Pool = "night" });
        var stranger = Sample.Queued(Sample.Spec("acme"));
        foreach (var record in (TaskRecord[])[late, early, urgent, other, elsewhere, stranger]) await Store.Tasks.Write(record);

        Assert.Equal([urgent.Id, early.Id, late.Id], await Backlog());
        Assert.Equal(["gpu,kind:command", "kind:command"], await Groups());
        Assert.Equal([urgent.Id], await Free([], 1));
    }

    [Fact]
    public async Task An_entry_carries_what_the_queue_needs()
    {
        var record = Sample.Queued(Sample.Spec() with { Priority = 3, ConcurrencyKey = "session:x" });
        await Store.Tasks.Write(record);

        var entry = Assert.Single(await Store.Index.ReadBacklog("default", "default", Plain, 10, Sample.Noon, [], default));

        Assert.Equal(new QueueEntry(record.Id, "kind:command", 3, record.CreatedAt, "session:x", ""), entry);
    }

    [Fact]
    public async Task A_pinned_task_changes_its_group()
    {
        var record = Sample.Queued();
        var other = Sample.Queued();
        var etag = await Store.Tasks.Write(record);
        await Store.Tasks.Write(other);
        var pinned = record with
        {
            Version = 2,
            Spec = record.Spec with { Requires = "kind:command,worker:studio" },
            Last = new Transition(Transition.Pin, Sample.Noon, Actor.System, 0),
        };

        await Store.Tasks.Write(pinned, etag);

        Assert.Equal([other.Id], await Backlog());
        Assert.Equal(["kind:command", "kind:command,worker:studio"], await Groups());
        Assert.Equal(pinned.Spec.Requires, (await Store.Tasks.Load(record.Id)).State.Spec.Requires);
    }

    [Fact]
    public async Task A_task_enters_and_leaves_the_backlog_with_its_state()
    {
        var record = Sample.Queued();
        var etag = await Store.Tasks.Write(record);
        Assert.Equal([record.Id], await Backlog());

        var running = record.Started();
        etag = await Store.Tasks.Write(running, etag);
        Assert.Empty(await Backlog());
        Assert.Empty(await Groups());

        await Store.Tasks.Write(running.Next(TaskState.Queued, "retry"), etag);
        Assert.Equal([record.Id], await Backlog());
    }

    [Fact]
    public async Task A_task_between_attempts_is_in_the_backlog_from_its_time_on()
    {
        var record = Sample.Queued() with { NotBefore = Sample.Noon.AddSeconds(4) };
        await Store.Tasks.Write(record);

        Assert.Empty(await Store.Index.ReadBacklog("default", "default", Plain, 10, Sample.Noon.AddSeconds(3), [], default));
        Assert.Single(await Store.Index.ReadBacklog("default", "default", Plain, 10, Sample.Noon.AddSeconds(4), [], default));
        Assert.Empty(await Groups());
        Store.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Single(await Groups());
    }

    [Fact]
    public async Task The_tasks_of_each_token_are_a_group_of_their_own()
    {
        TaskRecord Waiting(string token, int second, string requires = "kind:command") => Sample.Queued(
            Sample.Spec(requires: requires) with { TokenId = token }, Sample.Noon.AddSeconds(second));
        TaskRecord[] records =
            [Waiting("tok2", 1), Waiting("tok1", 2), Waiting("tok2", 3), Waiting("tok1", 4, "gpu,kind:command"), Waiting("", 5)];
        foreach (var record in records) await Store.Tasks.Write(record);

        var groups = await Store.Index.ReadBacklogGroups("default", "default", default);
        var flood = await Store.Index.ReadBacklog("default", "default", new("kind:command", "tok2"), 10, Sample.Noon, [], default);

        Assert.Equal(
            [new("gpu,kind:command", "tok1"), new("kind:command", ""), new("kind:command", "tok1"), new("kind:command", "tok2")], groups);
        Assert.Equal([records[0].Id, records[2].Id], flood.Select(entry => entry.Task));
        Assert.All(flood, entry => Assert.Equal("tok2", entry.TokenId));
        Assert.Equal("tok2", (await Store.Tasks.Load(records[0].Id)).State.Spec.TokenId);
    }

    [Fact]
    public async Task The_queued_tasks_of_a_token_are_counted_whatever_they_require()
    {
        TaskRecord Waiting(string token, string requires) => Sample.Queued(Sample.Spec(requires: requires) with { TokenId = token });
        var record = Waiting("tok1", "kind:command");
        TaskRecord[] others = [Waiting("tok1", "gpu,kind:command"), Waiting("tok1", ""), Waiting("tok2", "kind:command"),
            Waiting("tok1", "kind:command").Started()];
        var etag = await Store.Tasks.Write(record);
        foreach (var other in others) await Store.Tasks.Write(other);
        await Store.Tasks.Write(Sample.Queued(Sample.Spec("acme") with { TokenId = "tok1" }));

        Assert.Equal(3, await Store.List.CountQueued("default", "tok1", 100, default));
        Assert.Equal(2, await Store.List.CountQueued("default", "tok1", 2, default));
        Assert.Equal(0, await Store.List.CountQueued("default", "nobody", 2, default));
        await Store.Tasks.Write(record.Started(), etag);
        Assert.Equal(2, await Store.List.CountQueued("default", "tok1", 100, default));
    }

    [Fact]
    public async Task A_task_without_requirements_is_a_group_of_its_own()
    {
        await Store.Tasks.Write(Sample.Queued(Sample.Spec(requires: "")));
        await Store.Tasks.Write(Sample.Queued(Sample.Spec(requires: "a")));

        Assert.Equal(["", "a"], await Groups());
    }

    [Fact]
    public async Task The_backlog_equals_a_sorted_list_of_the_queued()
    {
        var pool = 0;
        var task = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[-3, 3].Nullable());
        await task.Array[0, 40].SampleAsync(
            async tasks =>
            {
                var name = $"pool{Interlocked.Increment(ref pool)}";
                var records = tasks.Select(t => Sample.Queued(
                    Sample.Spec(requires: $"group{t.Item3}") with { Priority = t.Item1, Pool = name }, Sample.Noon.AddSeconds(t.Item2)) with
                {
                    State = (TaskState)t.Item4,
                    NotBefore = t.Item5 is { } seconds ? Sample.Noon.AddSeconds(seconds) : null,
                }).ToArray();
                await Task.WhenAll(records.Select(record => Store.Tasks.Write(record)));
                var expected = records
                    .Where(r => r.State != TaskState.Running && r.Spec.Requires == "group1" && !(r.NotBefore > Sample.Noon))
                    .OrderByDescending(r => r.Spec.Priority).ThenBy(r => r.CreatedAt).ThenBy(r => r.Id).Take(7).Select(r => r.Id);
                var found = await Store.Index.ReadBacklog("default", name, new GroupName("group1", ""), 7, Sample.Noon, [], default);
                Assert.Equal(expected, found.Select(entry => entry.Task));
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task Busy_keys_are_those_of_running_tasks_of_the_pool()
    {
        var spec = Sample.Spec() with { ConcurrencyKey = "Key" };
        var running = Sample.Queued(spec).Started();
        await Store.Tasks.Write(running);
        await Store.Tasks.Write(Sample.Queued(spec with { ConcurrencyKey = "waiting" }));
        await Store.Tasks.Write(Sample.Queued().Started());
        await Store.Tasks.Write(Sample.Queued(spec with { Pool = "night", ConcurrencyKey = "other" }).Started());
        await Store.Tasks.Write(Sample.Queued(spec with { ConcurrencyKey = "done" }).Started().Ended(TaskState.Succeeded));

        var busy = await Store.Index.ReadBusyKeys("default", "default", default);

        Assert.Equal(new Dictionary<string, Guid> { ["Key"] = running.Id }, busy);
    }

    [Fact]
    public async Task A_task_between_two_attempts_keeps_its_key_until_its_time_has_come()
    {
        var spec = Sample.Spec() with { ConcurrencyKey = "key" };
        var between = Sample.Queued(spec) with { NotBefore = Sample.Noon.AddSeconds(4) };
        await Store.Tasks.Write(between);
        Assert.Equal(new Dictionary<string, Guid> { ["key"] = between.Id }, await Store.Index.ReadBusyKeys("default", "default", default));

        var running = Sample.Queued(spec).Started();
        await Store.Tasks.Write(running);
        Assert.Equal(new Dictionary<string, Guid> { ["key"] = running.Id }, await Store.Index.ReadBusyKeys("default", "default", default));

        await Store.Tasks.Write(running.Ended(TaskState.Succeeded), "2");
        Store.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(await Store.Index.ReadBusyKeys("default", "default", default));
    }

    [Fact]
    public async Task The_backlog_can_leave_out_tasks_with_busy_keys()
    {
        string?[] keys = ["a", "a", null, "it's \"odd\"", "A", "a"];
        var records = keys
            .Select((key, i) => Sample.Queued(Sample.Spec() with { ConcurrencyKey = key }, Sample.Noon.AddSeconds(i))).ToArray();
        foreach (var record in records) await Store.Tasks.Write(record);

        Assert.Equal([records[2].Id, records[3].Id, records[4].Id], await Free(["a"], 100));
        Assert.Equal([records[2].Id, records[4].Id], await Free(["a", "it's \"odd\""], 100));
        Assert.Equal([records[2].Id], await Free(["a"], 1));
        Assert.Equal(records.Select(record => record.Id), await Free([], 100));
    }

    [Fact]
    public async Task The_first_in_line_for_a_key_is_found_whatever_it_requires()
    {
        TaskRecord Waiting(string? key, int second, string requires = "kind:command", int priority = 0) => Sample.Queued(
            Sample.Spec(requires: requires) with { ConcurrencyKey = key, Priority = priority }, Sample.Noon.AddSeconds(second));
        var running = Waiting("a", 0).Started();
        var between = Waiting("a", 1) with { NotBefore = Sample.Noon.AddSeconds(4) };
        var first = Waiting("a", 2, "gpu,kind:command");
        first = first with { Spec = first.Spec with { TokenId = "tok7" } };
        var urgent = Waiting("a", 3, priority: 9);
        var elsewhere = Waiting("a", 1);
        elsewhere = elsewhere with { Spec = elsewhere.Spec with { Pool = "night" } };
        var odd = Waiting("it's \"odd\"", 5);
        TaskRecord[] all = [running, between, urgent, first, elsewhere, odd, Waiting("A", 1), Waiting(null, 1)];
        foreach (var record in all) await Store.Tasks.Write(record);

        var found = await Store.Index.ReadFirstOfKeys("default", "default", ["a", "it's \"odd\"", "nobody's"], Sample.Noon, default);

        Assert.Equal(2, found.Count);
        Assert.Equal(new QueueEntry(first.Id, "gpu,kind:command", 0, first.CreatedAt, "a", "tok7"), found["a"]);
        Assert.Equal(odd.Id, found["it's \"odd\""].Task);
        var later = await Store.Index.ReadFirstOfKeys("default", "default", ["a"], Sample.Noon.AddSeconds(4), default);
        Assert.Equal(between.Id, later["a"].Task);
        Assert.Empty(await Store.Index.ReadFirstOfKeys("default", "default", [], Sample.Noon, default));
    }

    [Fact]
    public async Task Due_tasks_of_a_shard_come_earliest_first_and_leave_with_their_wake_time()
    {
        var records = Enumerable.Range(0, 200).Select(i => Sample.Queued() with { WakeAt = Sample.Noon.AddSeconds(i % 50) }).ToArray();
        await Task.WhenAll(records.Select(record => Store.Tasks.Write(record)));
        var shard = WakeUpShards.GetShard(records[0].Id);
        var expected = records.Where(r => WakeUpShards.GetShard(r.Id) == shard && r.WakeAt <= Sample.Noon.AddSeconds(30))
            .OrderBy(r => r.WakeAt).ThenBy(r => r.Id).Select(r => r.Id).ToArray();

        Assert.Equal(expected, await Store.Index.ReadDueTasks(shard, Sample.Noon.AddSeconds(30), 1000, default));
        Assert.Equal(expected.Take(1), await Store.Index.ReadDueTasks(shard, Sample.Noon.AddSeconds(30), 1, default));

        foreach (var id in expected)
        {
            await Store.Tasks.Write(records.Single(r => r.Id == id).Ended(TaskState.Expired), "1");
        }
        Assert.Empty(await Store.Index.ReadDueTasks(shard, Sample.Noon.AddSeconds(30), 1000, default));
    }

    [Fact]
    public async Task Attempts_that_run_on_a_worker_are_found_by_its_name()
    {
        var here = Sample.Queued().Started("studio");
        await Store.Tasks.Write(here);
        await Store.Tasks.Write(Sample.Queued().Started("laptop"));
        await Store.Tasks.Write(Sample.Queued(Sample.Spec("acme")).Started("studio"));
        await Store.Tasks.Write(Sample.Queued().Started("studio").Ended(TaskState.Failed));

        Assert.Equal([new AttemptRef(here.Id, 1)], await Store.Index.ReadRunningAttempts("default", "studio", default));
        var both = await Store.Index.ReadRunningAttempts("default", ["studio", "laptop", "nobody"], default);
        Assert.Equal([new AttemptRef(here.Id, 1)], both["studio"]);
        Assert.Single(both["laptop"]);
        Assert.Equal(2, both.Count);
    }

    private static readonly GroupName Plain = new("kind:command", "");

    private async Task<IEnumerable<string>> Groups() =>
        (await Store.Index.ReadBacklogGroups("default", "default", default)).Select(group => group.Requires);

    private async Task<IEnumerable<Guid>> Free(string[] busy, int limit) =>
        (await Store.Index.ReadBacklog("default", "default", Plain, limit, Sample.Noon, busy, default)).Select(
            entry => entry.Task);

    private async Task<Guid[]> Backlog() => [.. await Free([], 100)];
}
