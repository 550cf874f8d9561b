using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.Storage.Postgres;
using OpenClaw.Storage.Tasks;
using OpenClaw.TestKit.Processes;
using Orleans.Storage;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>Batches against a real server: locks, lost sessions, two processes.</summary>
public sealed class PostgresStoreTests : IAsyncLifetime
{
    private PostgresFixture store = null!;

    public async Task InitializeAsync() => store = await PostgresFixture.Open();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_conflict_inside_a_batch_is_one_tasks_and_the_others_are_written()
    {
        var records = Enumerable.Range(0, 100).Select(_ => Sample.Queued(Sample.Spec() with { Session = "talk" })).ToArray();
        await Task.WhenAll(records.Select(record => store.Tasks.Write(record)));

        var results = await WhileHeld(() => records.Select((record, i) => Wins(record.Started(), i % 10 == 0 ? "7" : "1")).ToArray());

        for (var i = 0; i < records.Length; i++)
        {
            Assert.Equal(i % 10 != 0, results[i]);
            Assert.Equal(i % 10 == 0 ? 1 : 2, (await store.Tasks.Load(records[i].Id)).State.Version);
            Assert.Equal(i % 10 == 0 ? 1 : 2, (await store.Audit.ReadEntries(records[i].Id, 0, default)).Count);
        }
        Assert.Equal(100, Assert.Single(await store.List.ReadSessions("default", 5, default)).TaskCount);
    }

    [Fact]
    public async Task A_lost_connection_is_an_unknown_outcome_for_its_batch_alone()
    {
        var before = Sample.Queued();
        await store.Tasks.Write(before);
        await using var other = await TestDatabase.Open(store.Connection);
        await using var transaction = await other.BeginTransactionAsync();
        await TestDatabase.Execute(other, "LOCK TABLE audit IN EXCLUSIVE MODE");
        var records = Enumerable.Range(0, 50).Select(_ => Sample.Queued()).ToArray();
        var writes = records.Select(record => store.Tasks.Write(record)).ToArray();
        await Eventually.Is(async () => await Waiting() > 0, "the writer waits for the lock");

        // Of this database alone: other tests wait for locks of theirs on the same server.
        await TestDatabase.Execute(
            other,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
        await Eventually.Is(() => writes.Any(write => write.IsFaulted), "a write that was lost");
        await transaction.RollbackAsync();

        var lost = 0;
        foreach (var (write, record) in writes.Zip(records))
        {
            await Task.WhenAny(write);
            if (write.IsFaulted) Assert.IsType<StoreUnavailableException>(write.Exception.InnerException);
            Assert.Equal(write.IsCompletedSuccessfully, (await store.Tasks.Load(record.Id)).RecordExists);
            lost += write.IsFaulted ? 1 : 0;
        }
        Assert.NotEqual(0, lost);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.Tasks.Write(Sample.Queued())));
        await store.Tasks.Write(before.Started(), "1");
    }

    [Fact]
    public async Task Reads_do_not_notice_that_their_connections_were_ended()
    {
        var record = Sample.Queued();
        await store.Tasks.Write(record);
        await using var other = await TestDatabase.Open(store.Connection);
        for (var outage = 0; outage < 30; outage++)
        {
            await ReadAtOnce();
            await store.Tasks.Load(record.Id);

            await TestDatabase.Execute(
                other,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

            Assert.All(await ReadAtOnce(), page => Assert.Single(page.Tasks));
            Assert.True((await store.Tasks.Load(record.Id)).RecordExists);
        }

        Task<TaskPage[]> ReadAtOnce() => Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => Task.Run(() => store.List.ReadPage(new TaskQuery { Tenant = "default" }, default).AsTask())));
    }

    [Fact]
    public async Task Two_processes_that_write_the_same_tasks_at_once_have_one_winner_each()
    {
        await using var database = new PostgresDatabase(store.Connection);
        await using var second =
            new PostgresStore(database, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<PostgresStore>.Instance);
        var rows = new OpenClaw.Storage.Postgres.Tasks.TaskRows(database, second);
        var records = Enumerable.Range(0, 300)
            .Select(i => Sample.Queued(Sample.Spec() with { Session = $"talk{i % 7}" })).ToArray();

        var first = await Race(record => Wins(record, null), record => rows.Insert(record).AsTask());
        var later = await Race(record => Wins(record.Started(), "1"), async record =>
            await rows.Update(record.Started(), 1) == RowWrite.Written);

        Assert.Equal((300, 300), (first, later));
        foreach (var record in records) Assert.Equal(2, (await store.Audit.ReadEntries(record.Id, 0, default)).Count);
        Assert.Equal(300, (await store.List.ReadSessions("default", 10, default)).Sum(session => session.TaskCount));

        async Task<int> Race(Func<TaskRecord, Task<bool>> here, Func<TaskRecord, Task<bool>> there) => (await Task.WhenAll(
            records.Select(here).Concat(records.Reverse().Select(there)))).Count(won => won);
    }

    [Fact]
    public async Task One_turn_of_retention_takes_no_more_output_with_it_than_keeps_it_short()
    {
        var records = Enumerable.Range(0, 4)
            .Select(i => Sample.Queued().Ended(TaskState.Succeeded, Sample.Noon.AddDays(-9).AddSeconds(i))).ToArray();
        foreach (var record in records) await store.Tasks.Write(record);
        await using var other = await TestDatabase.Open(store.Connection);
        await TestDatabase.Execute(other, $"INSERT INTO output_cursors SELECT seq, 1, 1, 1, {10 << 20}, 1, NULL, 1 FROM tasks");

        Assert.Equal(2, await store.Index.DeleteEnded(Sample.Noon, 100, default));
        Assert.False((await store.Tasks.Load(records[1].Id)).RecordExists);
        Assert.Equal(2, await store.Index.DeleteEnded(Sample.Noon, 100, default));
    }

    [Fact]
    public void Settings_of_the_connection_string_win_over_ours()
    {
        var ours = PostgresDatabase.ApplyDefaults("Host=h");
        Assert.Equal(
            (50, true, 28, 10, 5),
            (ours.MaxAutoPrepare, ours.NoResetOnClose, ours.MaxPoolSize, ours.CommandTimeout, ours.Timeout));

        var theirs = PostgresDatabase.ApplyDefaults("Host=h;MaxPoolSize=7;CommandTimeout=3;Application Name=mine;Options=-c x.y=1");

        Assert.Equal((7, 3, "mine", "-c x.y=1"), (theirs.MaxPoolSize, theirs.CommandTimeout, theirs.ApplicationName, theirs.Options));
        Assert.Equal(50, theirs.MaxAutoPrepare);
    }

    /// <summary>Writes that share batches, because none gets through before all are there.</summary>
    private async Task<bool[]> WhileHeld(Func<Task<bool>[]> write)
    {
        await using var other = await TestDatabase.Open(store.Connection);
        await using var transaction = await other.BeginTransactionAsync();
        await TestDatabase.Execute(other, "LOCK TABLE audit IN EXCLUSIVE MODE");
        var writes = write();
        await Eventually.Is(async () => await Waiting() > 0, "the writer waits for the lock");
        await transaction.RollbackAsync();
        return await Task.WhenAll(writes);
    }

    /// <summary>Asked outside of the transaction that holds the lock, in which what is seen of others never changes.</summary>
    private async Task<int> Waiting() => (await store.Query(
        "SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")).Count;

    private async Task<bool> Wins(TaskRecord record, string? etag)
    {
        try
        {
            await store.Tasks.Write(record, etag);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }
}
