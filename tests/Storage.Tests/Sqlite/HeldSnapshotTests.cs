using System.Diagnostics;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Storage.Sqlite;
using OpenClaw.TestKit.Processes;
using Xunit.Abstractions;

namespace OpenClaw.Storage.Tests.Sqlite;

/// <summary>Somebody else's program reads the file and holds its snapshot: the log can't start over meanwhile.</summary>
public sealed class HeldSnapshotTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int MuchLog = 100 << 20;
    private readonly SqliteFixture store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task Writes_go_on_beside_a_held_snapshot_and_the_log_is_short_again_after_it()
    {
        var first = Sample.Queued();
        await store.Tasks.Write(first);
        using (var reader = SqliteDatabase.OpenReader(store.Path))
        {
            reader.Execute("BEGIN");
            using (var look = reader.GetStatement("SELECT 1 FROM tasks LIMIT 1")) look.Step();
            while (Log() < MuchLog) await Fill();
            await Told("a cancel beside it", store.Tasks.Write(first.Next(TaskState.Cancelled, "cancel"), "1"));
        }

        await Told("the first write after it", store.Tasks.Write(Sample.Queued()));
        await Fill();
        await Eventually.Is(
            async () =>
            {
                await Fill();
                return Log() <= 64 << 20;
            },
            "the log is short");
        Assert.Equal(TaskState.Cancelled, (await store.Tasks.Load(first.Id)).State.State);
    }

    private long Log() => new FileInfo(store.Path + "-wal").Length;

    private Task Fill() => Task.WhenAll(Enumerable.Range(0, 40).Select(
        _ => store.Tasks.Write(Sample.Queued(Sample.Spec() with { Payload = new byte[100_000] }))));

    private async Task Told(string what, Task write)
    {
        var watch = Stopwatch.StartNew();
        await write;
        output.WriteLine($"{what}: {watch.Elapsed.TotalMilliseconds:0} ms, log {Log() >> 20} MiB");
    }
}
