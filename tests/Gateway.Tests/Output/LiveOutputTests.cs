using OpenClaw.Gateway.Output;
using OpenClaw.GrainInterfaces.Output;

namespace OpenClaw.Gateway.Tests.Output;

public sealed class LiveOutputTests
{
    private static readonly Guid Task1 = Guid.NewGuid();
    private readonly CountingLog log = new();
    private readonly LiveOutput live;

    public LiveOutputTests() => live = new LiveOutput(log);

    [Fact]
    public async Task A_raise_before_the_wait_is_not_missed_and_many_are_one()
    {
        using var watch = live.WatchTask(Task1);
        for (var i = 0; i < 1000; i++) live.PublishChunks(Task1, [Chunk(i)]);

        await watch.WaitForWake(CancellationToken.None);
        var second = watch.WaitForWake(CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        live.PublishChunks(Task1, [Chunk(1000)]);
        await second;
    }

    [Fact]
    public void Every_reader_of_the_task_is_told_and_no_other()
    {
        using OutputWatch one = live.WatchTask(Task1), two = live.WatchTask(Task1), other = live.WatchTask(Guid.NewGuid());
        live.PublishChunks(Task1, [Chunk(0)]);

        Assert.True(one.WaitForWake(CancellationToken.None).AsTask().IsCompleted);
        Assert.True(two.WaitForWake(CancellationToken.None).AsTask().IsCompleted);
        Assert.False(other.WaitForWake(CancellationToken.None).AsTask().IsCompleted);
    }

    [Fact]
    public void Nothing_is_kept_once_nobody_follows()
    {
        Parallel.For(0, 200, i =>
        {
            using var watch = live.WatchTask(Task1);
            live.PublishChunks(Task1, [Chunk(i)]);
        });
        live.PublishChunks(Task1, [Chunk(0)]);

        Assert.Empty(live.Feeds);
        Assert.Equal(0, live.Budget.Held);
    }

    [Fact]
    public async Task Readers_at_the_tip_cost_the_store_nothing()
    {
        using OutputWatch one = live.WatchTask(Task1), two = live.WatchTask(Task1);
        await one.ReadChunks(1, 0, 100, certain: false, default);
        Assert.Equal(1, log.Reads);

        for (var i = 0; i < 10; i++)
        {
            live.PublishChunks(Task1, [Chunk(i)]);
            Assert.Equal([(long)i], (await one.ReadChunks(1, i, 100, certain: false, default)).Select(chunk => chunk.Sequence));
            Assert.Equal([(long)i], (await two.ReadChunks(1, i, 100, certain: false, default)).Select(chunk => chunk.Sequence));
            Assert.Empty(await one.ReadChunks(1, i + 1, 100, certain: false, default));
        }
        Assert.Equal(1, log.Reads);
    }

    [Fact]
    public async Task Who_must_be_certain_asks_the_store_where_memory_ends()
    {
        using var watch = live.WatchTask(Task1);
        live.PublishChunks(Task1, [Chunk(0)]);

        Assert.Single(await watch.ReadChunks(1, 0, 100, certain: true, default));
        Assert.Equal(0, log.Reads);
        log.Chunks.AddRange([Chunk(0), Chunk(1)]);
        Assert.Equal(1, (await watch.ReadChunks(1, 1, 100, certain: true, default)).Single().Sequence);
    }

    [Fact]
    public async Task A_reader_behind_the_memory_reads_the_store()
    {
        using var watch = live.WatchTask(Task1);
        log.Chunks.AddRange([Chunk(0), Chunk(1), Chunk(2)]);
        live.PublishChunks(Task1, [Chunk(2)]);

        Assert.Equal(3, (await watch.ReadChunks(1, 0, 100, certain: false, default)).Count);
        Assert.Equal(1, log.Reads);
    }

    [Fact]
    public async Task Somebody_who_follows_wakes_the_poll()
    {
        var waiting = live.WaitForFollower(default);
        Assert.False(waiting.IsCompleted);
        using var watch = live.WatchTask(Task1);

        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static OutputChunk Chunk(long sequence) => new(1, OutputStream.Stdout, sequence, sequence, new byte[] { 1 }, default);

    private sealed class CountingLog : IOutputLog
    {
        public List<OutputChunk> Chunks { get; } = [];
        public int Reads { get; private set; }

        public ValueTask<IReadOnlyList<OutputChunk>> ReadChunks(
            Guid task, int attempt, OutputStream? stream, long fromSequence, int maxBytes, CancellationToken cancellation)
        {
            Reads++;
            return new([.. Chunks.Where(chunk => chunk.Sequence >= fromSequence)]);
        }

        public ValueTask<(AppendResult Result, OutputCursor Cursor)> Append(
            Guid task, IReadOnlyList<OutputChunk> chunks, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<OutputCursor> ReadCursor(Guid task, int attempt, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<OutputEnd>> ReadLatestEnds(IReadOnlyCollection<Guid> tasks, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<OutputChunk>> ReadFromOffset(
            Guid task, int attempt, OutputStream stream, long offset, int maxBytes, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }
}
