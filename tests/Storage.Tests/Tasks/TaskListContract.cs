using CsCheck;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Storage.Tests.Tasks;

public abstract class TaskListContract : StoreContract
{
    private static readonly string[] Kinds = ["command", "file-read", "claude-cli"];
    private static readonly string?[] Workers = [null, "studio", "laptop"];

    private static readonly Gen<(int At, int State, int Worker, int Kind)[]> Rows =
        Gen.Select(Gen.Int[0, 6], Gen.Int[1, 11], Gen.Int[0, 2], Gen.Int[0, 2]).Array[0, 40];

    private static readonly Gen<TaskQuery> Queries = Gen.Select(
        Gen.Int[1, 11].Array[0, 4], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 6].Nullable(), Gen.Int[1, 9],
        (states, worker, kind, since, limit) => new TaskQuery
        {
            Tenant = "",
            States = [.. states.Select(state => (TaskState)state)],
            Worker = Workers[worker],
            Kind = kind == 0 ? null : Kinds[kind - 1],
            Since = since is { } seconds ? Sample.Noon.AddSeconds(seconds) : null,
            Limit = limit,
        });

    [Fact]
    public async Task Pages_walk_exactly_what_a_naive_filter_finds_newest_first()
    {
        var tenant = 0;
        await Gen.Select(Rows, Queries.Array[5]).SampleAsync(
            async (rows, queries) =>
            {
                var name = $"tenant{Interlocked.Increment(ref tenant)}";
                var records = rows.Select(row => Record(name, row)).ToArray();
                await Task.WhenAll(records.Select(Write));
                foreach (var query in queries)
                {
                    Assert.Equal(Naive(records, query), await Walk(query with { Tenant = name }));
                }
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task A_listed_task_carries_the_envelope_and_neither_payload_nor_what_was_signed()
    {
        var spec = Sample.Spec() with { Tags = new Dictionary<string, string> { ["a"] = "b" }, Session = "s", MaxAttempts = 3 };
        var record = Sample.Queued(spec with { Signed = [1] }).Started() with
        {
            Outcome = new AttemptOutcome { Kind = OutcomeKind.Failed, ExitCode = 3 },
        };
        await Store.Tasks.Write(record);

        var task = Assert.Single((await Store.List.ReadPage(new TaskQuery { Tenant = "default" }, default)).Tasks);

        Assert.Equal(Sample.Text(spec with { Payload = [] }), Sample.Text(task.Spec));
        Assert.Equal(Sample.Text(record.Outcome!), Sample.Text(task.Outcome!));
        Assert.Equal((record.Id, TaskState.Running, 2L, 1, "studio"), (task.Id, task.State, task.Version, task.Attempt, task.Worker));
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(100_000, 500)]
    public async Task A_page_has_at_least_one_and_at_most_500_tasks(int limit, int expected)
    {
        await Task.WhenAll(Enumerable.Range(0, 501).Select(_ => Store.Tasks.Write(Sample.Queued())));

        var page = await Store.List.ReadPage(new TaskQuery { Tenant = "default", Limit = limit }, default);

        Assert.Equal(expected, page.Tasks.Count);
        Assert.NotNull(page.Next);
    }

    [Fact]
    public async Task Counts_are_per_tenant_and_state_and_get_fresh_after_a_while()
    {
        var record = Sample.Queued();
        var etag = await Store.Tasks.Write(record);
        await Store.Tasks.Write(Sample.Queued());
        await Store.Tasks.Write(Sample.Queued(Sample.Spec("acme")));
        Assert.Equal(2, (await Store.List.CountAll("default", default))[TaskState.Queued]);

        await Store.Tasks.Write(record.Started(), etag);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));

        var counts = await Store.List.CountAll("default", default);
        Assert.Equal((1, 1), (counts[TaskState.Queued], counts[TaskState.Running]));
        Assert.False(counts.ContainsKey(TaskState.Lost));
        Assert.Empty(await Store.List.CountAll("nobody", default));
    }

    [Fact]
    public async Task Counts_of_ended_tasks_follow_what_ends_and_what_is_deleted()
    {
        for (var i = 0; i < 6; i++)
        {
            var end = i % 3 == 0 ? TaskState.Failed : TaskState.Succeeded;
            await Store.Tasks.Write(Sample.Queued().Started().Ended(end, Sample.Noon.AddHours(i - 9)));
        }
        await Store.Tasks.Write(Sample.Queued(Sample.Spec("acme")).Started().Ended(TaskState.Lost, Sample.Noon.AddHours(-8)));
        var counts = await Store.List.CountAll("default", default);
        Assert.Equal((2, 2, 4), (counts.Count, counts[TaskState.Failed], counts[TaskState.Succeeded]));
        Assert.Empty(await Store.List.CountUnended("default", default));

        await Store.Index.DeleteEnded(Sample.Noon.AddHours(-7), 500, default);
        await Store.Tasks.Write(Sample.Queued().Started().Ended(TaskState.TimedOut, Store.Clock.GetUtcNow()));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));

        counts = await Store.List.CountAll("default", default);
        Assert.Equal((1, 3, 1), (counts[TaskState.Failed], counts[TaskState.Succeeded], counts[TaskState.TimedOut]));
    }

    [Fact]
    public async Task Sessions_come_by_last_activity_with_the_number_of_their_tasks()
    {
        var old = Sample.Queued(Sample.Spec() with { Session = "old" });
        var etag = await Store.Tasks.Write(old);
        await Store.Tasks.Write(Sample.Queued(Sample.Spec() with { Session = "new" }, Sample.Noon.AddMinutes(1)));
        await Store.Tasks.Write(Sample.Queued(Sample.Spec() with { Session = "new" }, Sample.Noon.AddMinutes(2)));
        await Store.Tasks.Write(Sample.Queued(Sample.Spec("acme") with { Session = "foreign" }));
        await Store.Tasks.Write(Sample.Queued());

        Assert.Equal(
            [new("new", Sample.Noon.AddMinutes(2), 2), new SessionActivity("old", Sample.Noon, 1)],
            await Store.List.ReadSessions("default", 10, default));

        await Store.Tasks.Write(old.Started(at: Sample.Noon.AddMinutes(3)), etag);
        Assert.Equal(["old"], (await Store.List.ReadSessions("default", 1, default)).Select(session => session.Session));
    }

    private static TaskRecord Record(string tenant, (int At, int State, int Worker, int Kind) row) =>
        Sample.Queued(Sample.Spec(tenant, Kinds[row.Kind]), Sample.Noon.AddSeconds(row.At)) with
        {
            State = (TaskState)row.State,
            Worker = Workers[row.Worker],
            Approval = row.State == (int)TaskState.AwaitingApproval ? Sample.Wait(1) with { Worker = Workers[row.Worker] ?? "attic" }
                : null,
        };

    /// <summary>What waits was queued before: a first write knows of no approval.</summary>
    private async Task Write(TaskRecord record)
    {
        if (record.Approval is null)
        {
            await Store.Tasks.Write(record);
            return;
        }
        var etag = await Store.Tasks.Write(record with { State = TaskState.Queued, Approval = null });
        await Store.Tasks.Write(record with { Version = 2 }, etag);
    }

    private static Guid[] Naive(TaskRecord[] records, TaskQuery query)
    {
        var states = query.States.Select(state => state == TaskState.Offered ? TaskState.Queued : state).ToHashSet();
        bool Wanted(TaskRecord r) => states.Contains(r.State)
            || (r.State is TaskState.Offered or TaskState.AwaitingApproval && states.Contains(TaskState.Queued));
        // Asked for as such it is the worker's that waits with it; else that of the attempt before.
        bool Waits(TaskRecord r) => r.Approval is not null && states.Contains(r.State) && !states.Contains(TaskState.Queued);
        return [.. records
            .Where(r => states.Count == 0 || Wanted(r))
            .Where(r => query.Worker is null || (Waits(r) ? r.Approval!.Worker : r.Worker) == query.Worker)
            .Where(r => query.Kind is null || r.Spec.Kind == query.Kind)
            .Where(r => query.Since is null || r.CreatedAt >= query.Since)
            .OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Select(r => r.Id)];
    }

    private async Task<Guid[]> Walk(TaskQuery query)
    {
        var found = new List<Guid>();
        while (true)
        {
            var page = await Store.List.ReadPage(query, default);
            Assert.InRange(page.Tasks.Count, 0, query.Limit);
            found.AddRange(page.Tasks.Select(task => task.Id));
            if (page.Next is null) return [.. found];
            Assert.Equal(query.Limit, page.Tasks.Count);
            query = query with { Cursor = page.Next };
        }
    }
}
