using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Tasks;
using Orleans.Storage;

namespace OpenClaw.Storage.Tests.Tasks;

public abstract class TaskStorageContract : StoreContract
{
    [Fact]
    public async Task A_task_that_was_never_written_reads_as_absent()
    {
        var state = await Store.Tasks.Load(Guid.NewGuid());

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.NotNull(state.State);
    }

    [Fact]
    public async Task Every_durable_field_comes_back_as_it_was_written()
    {
        var record = Full();
        await Store.Tasks.Write(record);

        var state = await Store.Tasks.Load(record.Id);

        Assert.True(state.RecordExists);
        Assert.Equal("1", state.ETag);
        Assert.Equal(Sample.Text(record with { Last = null }), Sample.Text(state.State));
    }

    [Theory]
    [InlineData(256 * 1024)]
    [InlineData(256 * 1024 + 1)]
    [InlineData(5_000_000)]
    public async Task A_payload_of_any_size_comes_back_and_survives_updates(int length)
    {
        var payload = new byte[length];
        Random.Shared.NextBytes(payload);
        var record = Sample.Queued(Sample.Spec() with { Payload = payload });
        var etag = await Store.Tasks.Write(record);
        await Store.Tasks.Write(record.Started() with { Version = 2 }, etag);

        Assert.Equal(payload, (await Store.Tasks.Load(record.Id)).State.Spec.Payload);
        await Store.Reopen();
        Assert.Equal(payload, (await Store.Tasks.Load(record.Id)).State.Spec.Payload);
    }

    [Fact]
    public async Task An_update_writes_every_field_that_can_change()
    {
        var queued = Sample.Queued(Full().Spec, Full().CreatedAt);
        var etag = await Store.Tasks.Write(queued);
        var changed = Full() with { Id = queued.Id, Version = 2, State = TaskState.Lost };

        etag = await Store.Tasks.Write(changed, etag);

        var state = await Store.Tasks.Load(queued.Id);
        Assert.Equal("2", etag);
        Assert.Equal(Sample.Text(changed with { Last = null }), Sample.Text(state.State));
    }

    [Fact]
    public async Task A_wait_for_approval_comes_back_and_no_backlog_holds_it_before_its_end()
    {
        var queued = Sample.Queued();
        var etag = await Store.Tasks.Write(queued);
        var wait = Sample.Wait(1);
        var waits =
            queued.Next(TaskState.AwaitingApproval, "ask-approval") with { Approval = wait, NotBefore = wait.Until, WakeAt = wait.Until };
        etag = await Store.Tasks.Write(waits, etag);

        Assert.Equal(Sample.Text(waits with { Last = null }), Sample.Text((await Store.Tasks.Load(queued.Id)).State));
        var query = new TaskQuery { Tenant = "default", States = [TaskState.AwaitingApproval] };
        var listed = Assert.Single((await Store.List.ReadPage(query, default)).Tasks);
        Assert.Equal((TaskState.Queued, TaskState.AwaitingApproval, "studio"), (listed.State, listed.TrueState, listed.Worker));
        Assert.Equal(wait, listed.Approval);
        Assert.Empty(await Store.Index.ReadBacklog("default", "default", new("kind:command", ""), 10, Sample.Noon, [], default));

        await Store.Tasks.Write(waits.Started() with { Approval = null }, etag);
        Assert.Null((await Store.Tasks.Load(queued.Id)).State.Approval);
        Assert.Empty((await Store.List.ReadPage(query, default)).Tasks);
    }

    [Fact]
    public async Task A_wait_that_older_code_left_behind_when_it_went_on_with_the_task_is_none()
    {
        var queued = Sample.Queued();
        var etag = await Store.Tasks.Write(queued);
        // An attempt later, queued again, the column untouched.
        await Store.Tasks.Write(queued.Next(TaskState.AwaitingApproval, "ask-approval") with { Approval = Sample.Wait(1), Attempt = 1 },
            etag);

        var found = (await Store.Tasks.Load(queued.Id)).State;

        Assert.Equal(TaskState.Queued, found.State);
        Assert.Null(found.Approval);
    }

    [Fact]
    public async Task Fields_set_back_to_null_read_as_null()
    {
        var full = Full();
        var etag = await Store.Tasks.Write(full);
        var bare = Sample.Queued(full.Spec, full.CreatedAt, full.Id) with { Version = 2, WakeAt = null };

        await Store.Tasks.Write(bare, etag);

        Assert.Equal(Sample.Text(bare with { Last = null }), Sample.Text((await Store.Tasks.Load(full.Id)).State));
    }

    [Fact]
    public async Task An_offer_is_stored_as_queued_and_volatile_fields_are_not_stored()
    {
        var holder = new Holder { Worker = "studio", Offers = "kind:command" };
        var offered = Sample.Queued() with { State = TaskState.Offered, OfferedTo = holder };
        var record = offered with { OfferExpires = Sample.Noon, LeaseUntil = Sample.Noon };
        var etag = await Store.Tasks.Write(record);
        await Store.Tasks.Write(record with { Version = 2 }, etag);

        var stored = (await Store.Tasks.Load(record.Id)).State;

        Assert.Equal(TaskState.Queued, stored.State);
        Assert.Null(stored.OfferedTo);
        Assert.Null(stored.OfferExpires);
        Assert.Null(stored.LeaseUntil);
        Assert.Equal([TaskState.Queued, TaskState.Queued],
            (await Store.Audit.ReadEntries(record.Id, 0, default)).Select(entry => entry.State));
    }

    [Fact]
    public async Task A_second_first_write_is_a_conflict_and_changes_nothing()
    {
        var record = Sample.Queued();
        await Store.Tasks.Write(record);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.Tasks.Write(record with { Reason = "other" }));

        Assert.Null((await Store.Tasks.Load(record.Id)).State.Reason);
        Assert.Single(await Store.Audit.ReadEntries(record.Id, 0, default));
    }

    [Fact]
    public async Task An_update_from_an_old_version_is_a_conflict_and_changes_nothing()
    {
        var record = Sample.Queued();
        var etag = await Store.Tasks.Write(record);
        await Store.Tasks.Write(record.Started(), etag);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.Tasks.Write(record.Ended(TaskState.Cancelled), etag));

        Assert.Equal(TaskState.Running, (await Store.Tasks.Load(record.Id)).State.State);
        Assert.Equal(2, (await Store.Audit.ReadEntries(record.Id, 0, default)).Count);
    }

    [Fact]
    public async Task An_update_of_a_task_that_is_gone_is_a_conflict()
    {
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.Tasks.Write(Sample.Queued().Started(), "1"));
    }

    [Fact]
    public async Task A_record_under_the_key_of_another_grain_is_refused()
    {
        var state = new GrainState<TaskRecord> { State = Sample.Queued() };

        await Assert.ThrowsAsync<ArgumentException>(() => Store.Tasks.WriteStateAsync("task", Sample.Grain(Guid.NewGuid()), state));
    }

    [Fact]
    public async Task Concurrent_first_writes_leave_one_row_each_and_every_row_readable()
    {
        var records = Enumerable.Range(0, 500).Select(_ => Sample.Queued()).ToArray();

        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Task.WhenAll(records.Select(WinsFirstWrite)))).ToArray();
        var wins = (await Task.WhenAll(writers)).SelectMany(all => all).Count(won => won);

        Assert.Equal(500, wins);
        foreach (var record in records) Assert.True((await Store.Tasks.Load(record.Id)).RecordExists);
        var page = await Store.List.ReadPage(new TaskQuery { Tenant = "default", Limit = 500 }, default);
        Assert.Equal(500, page.Tasks.Select(task => task.Id).Distinct().Count());
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Of_concurrent_updates_from_one_version_exactly_one_wins()
    {
        var record = Sample.Queued();
        var etag = await Store.Tasks.Write(record);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Wins(record.Started($"worker-{i}"), etag)));

        Assert.Single(results, won => won);
        Assert.Equal(2, (await Store.Audit.ReadEntries(record.Id, 0, default)).Count);
    }

    [Fact]
    public async Task A_poisoned_write_fails_alone()
    {
        var poison = Sample.Queued(Sample.Spec() with { Kind = null! });
        var good = Enumerable.Range(0, 200).Select(_ => Sample.Queued()).ToArray();

        var writes = good.Take(100).Select(record => Store.Tasks.Write(record)).ToList();
        var poisoned = Store.Tasks.Write(poison);
        writes.AddRange(good.Skip(100).Select(record => Store.Tasks.Write(record)));

        await Task.WhenAll(writes);
        Assert.IsNotType<InconsistentStateException>(await Assert.ThrowsAnyAsync<Exception>(() => poisoned));
        foreach (var record in good) Assert.True((await Store.Tasks.Load(record.Id)).RecordExists);
        Assert.False((await Store.Tasks.Load(poison.Id)).RecordExists);
    }

    [Fact]
    public async Task What_was_answered_is_there_after_closing_and_after_a_kill()
    {
        var record = Sample.Queued();
        var etag = await Store.Tasks.Write(record);
        var running = record.Started();
        await Store.Tasks.Write(running, etag);

        await using (var killed = await Store.AfterKill())
        {
            Assert.Equal(Sample.Text(running with { Last = null }), Sample.Text((await killed.Tasks.Load(record.Id)).State));
        }
        await Store.Reopen();

        var state = await Store.Tasks.Load(record.Id);
        Assert.Equal("2", state.ETag);
        Assert.Equal(Sample.Text(running with { Last = null }), Sample.Text(state.State));
        await Store.Tasks.Write(running.Ended(TaskState.Succeeded), state.ETag);
    }

    [Fact]
    public async Task Writes_that_wait_when_the_store_is_closed_are_committed_first()
    {
        var records = Enumerable.Range(0, 1_000).Select(_ => Sample.Queued()).ToArray();
        var writes = records.Select(record => Store.Tasks.Write(record)).ToArray();

        await Store.Reopen();

        await Task.WhenAll(writes);
        foreach (var record in records) Assert.True((await Store.Tasks.Load(record.Id)).RecordExists);
    }

    [Fact]
    public async Task Clearing_deletes_the_task_with_all_that_belongs_to_it()
    {
        var record = Full();
        var etag = await Store.Tasks.Write(record);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Clear(record, "77"));

        var state = await Clear(record, etag);

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.False((await Store.Tasks.Load(record.Id)).RecordExists);
        Assert.Equal(0, await Store.DependentRows());
    }

    private async Task<bool> WinsFirstWrite(TaskRecord record) => await Wins(record, null);

    private async Task<bool> Wins(TaskRecord record, string? etag)
    {
        try
        {
            await Store.Tasks.Write(record, etag);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private async Task<GrainState<TaskRecord>> Clear(TaskRecord record, string etag)
    {
        var state = new GrainState<TaskRecord> { State = record, ETag = etag };
        await Store.Tasks.ClearStateAsync("task", Sample.Grain(record.Id), state);
        return state;
    }

    private static TaskRecord Full() => Sample.Queued(new TaskSpec
    {
        Kind = "claude-cli",
        Payload = [0, 1, 2, 255, (byte)'"'],
        Tenant = "måne",
        Pool = "night",
        Requires = "kind:claude-cli,protocol:2,worker:studio",
        Priority = 9,
        StartWithin = TimeSpan.FromTicks(12_345_678_901),
        Timeout = TimeSpan.FromDays(7),
        Silence = TimeSpan.FromMilliseconds(1_001),
        KillGrace = TimeSpan.Zero,
        MaxAttempts = 100,
        ConcurrencyKey = "session:ab c'\"",
        Session = "0ab-\U0001F980",
        Tags = new Dictionary<string, string> { ["b"] = "", ["a"] = "z\n\"" },
        RequestDigest = [.. Enumerable.Range(0, 32).Select(i => (byte)i)],
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Signed = [(byte)'{', 0, 255],
    }) with
    {
        State = TaskState.Failed,
        Attempt = 3,
        FailedAttempts = 2,
        CancelRequested = true,
        Reason = "exit-code",
        CreatedAt = Sample.Noon.AddTicks(1),
        NotBefore = Sample.Noon.AddTicks(2),
        StartedAt = Sample.Noon.AddTicks(3),
        EndedAt = Sample.Noon.AddTicks(4),
        WakeAt = Sample.Noon.AddTicks(5),
        Worker = "studio",
        Epoch = long.MaxValue,
        StartTicket = Guid.Parse("0198c0de-0000-7000-8000-0000000000ff"),
        Outcome = new AttemptOutcome
        {
            Kind = OutcomeKind.Failed,
            Attempt = 3,
            ExitCode = -1,
            Signal = "SIGKILL",
            Error = "it \u0000 broke",
            Reason = "exit-code",
            Duration = TimeSpan.FromTicks(98_765),
            StdoutBytes = 1L << 40,
            StderrBytes = 1,
            StdoutSha256 = "aa",
            StderrSha256 = "bb",
            Metadata = "{\"cost\":1.5}"u8.ToArray(),
        },
        LateResult = new AttemptOutcome { Kind = OutcomeKind.Succeeded, ExitCode = 0 },
    };
}
