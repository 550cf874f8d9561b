using System.Collections.Concurrent;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Grains.Tasks;
using OpenClaw.Storage.GroupCommit;
using OpenClaw.TestKit.Postgres;
using OpenClaw.TestKit.Processes;

namespace OpenClaw.Storage.Tests.Postgres;

/// <summary>A server of its own that crashes, or never says that a commit is done.</summary>
public sealed class PostgresCrashTests : IAsyncLifetime
{
    private PostgresServer server = null!;
    private PostgresFixture store = null!;

    public async Task InitializeAsync()
    {
        server = await PostgresServer.Start();
        store = await PostgresFixture.On(await server.CreateDatabase());
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_crash_under_64_writers_loses_nothing_that_was_answered()
    {
        var written = new ConcurrentBag<TaskRecord>();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 64).Select(_ => Task.Run(() => WriteUntil(stop.Token, written))).ToArray();
        await Eventually.Is(() => written.Count > 500, "500 writes");

        await server.Stop("immediate");
        var before = written.Count;
        await server.Start();
        await Eventually.Is(() => written.Count > before + 500, "500 writes after the crash");
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        foreach (var record in written)
        {
            var stored = (await store.Tasks.Load(record.Id)).State;
            Assert.True(stored.Version >= record.Version, $"{record.Id} is at {stored.Version}, {record.Version} was answered");
            Assert.Equal(stored.Version, (await store.Audit.ReadEntries(record.Id, 0, default)).Count);
        }
    }

    [Fact]
    public async Task A_commit_that_nobody_heard_of_is_unknown_and_not_a_failure()
    {
        // The commit is on the disk here and waits for a standby that does not exist.
        await server.Execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await server.Execute("SELECT pg_reload_conf()");
        await using var other = await TestDatabase.Open(store.Connection);
        await Eventually.Is(async () => (await TestDatabase.Names(other, "SHOW synchronous_standby_names"))[0] == "nobody", "the setting");
        var record = Sample.Queued();
        var write = store.Tasks.Write(record);
        const string Waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        await Eventually.Is(async () => (await TestDatabase.Names(other, "SELECT pid::text " + Waiting)).Count == 1, "a commit that waits");

        await TestDatabase.Execute(other, "SELECT pg_terminate_backend(pid) " + Waiting);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
        Assert.True((await store.Tasks.Load(record.Id)).RecordExists);
    }

    [Fact]
    public async Task A_note_taken_while_the_database_is_away_is_written_when_it_is_back()
    {
        await server.Stop();
        store.Audit.AddNote(new AuditNote(Sample.Noon, "refused", "tok", null, null, null));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Tasks.Write(Sample.Queued()));

        await server.Start();

        await Eventually.Is(
            async () =>
            {
                store.Clock.Advance(TimeSpan.FromMilliseconds(500));
                return (await store.Notes()).Count == 1;
            },
            "the note");
    }

    private async Task WriteUntil(CancellationToken stop, ConcurrentBag<TaskRecord> written)
    {
        while (!stop.IsCancellationRequested)
        {
            var record = Sample.Queued();
            try
            {
                var etag = await store.Tasks.Write(record);
                written.Add(record);
                await store.Tasks.Write(record.Started(), etag);
                written.Add(record.Started());
            }
            catch (StoreUnavailableException)
            {
                // Unknown, and so not counted.
                await Task.Yield();
            }
        }
    }
}
