using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;
using OpenClaw.Storage.Retention;

namespace OpenClaw.Storage.Tests.Retention;

public sealed class RetentionSweepTests
{
    [Fact]
    public async Task It_sweeps_at_the_start_and_then_at_every_interval_also_after_a_failure()
    {
        var clock = new FakeTimeProvider(Sample.Noon);
        var index = new CountingIndex();
        using var sweep = new RetentionSweep(
            new RetentionTables(index, index, index, index), Options.Create(new StorageOptions()), clock,
                NullLogger<RetentionSweep>.Instance);

        await sweep.StartAsync(default);
        Assert.Equal(Sample.Noon.AddDays(-7), await index.NextCall());
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(Sample.Noon.AddDays(-7).AddMinutes(10), await index.NextCall());
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(Sample.Noon.AddDays(-7).AddMinutes(20), await index.NextCall());
        await sweep.StopAsync(default);
    }

    [Fact]
    public async Task A_task_that_cannot_be_deleted_is_not_in_the_way_of_notes_and_output()
    {
        var index = new CountingIndex();
        using var sweep = new RetentionSweep(
            new RetentionTables(index, index, index, index), Options.Create(new StorageOptions()), new FakeTimeProvider(Sample.Noon),
                NullLogger<RetentionSweep>.Instance);
        Assert.Equal(0, await sweep.RunOnce(default));
        Assert.Equal((1, 1, 1), (index.NoteCalls, index.ConversationCalls, index.OutputCalls));
    }

    [Theory]
    [InlineData(1L << 30, true)]
    [InlineData((2L << 30) - 1, true)]
    [InlineData(2L << 30, false)]
    [InlineData(null, false)]
    public async Task A_disk_that_is_nearly_full_is_told_of_before_it_is_full(long? free, bool isTold)
    {
        var index = new CountingIndex { Free = () => free };
        var log = new LineLog<RetentionSweep>();
        using var sweep = Sweep(index, log);

        await sweep.RunOnce(default);

        Assert.Equal(isTold ? 1 : 0, log.Lines.Count(line => line.Contains($"Only {free} bytes are free", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_disk_that_can_not_be_asked_ends_no_sweep()
    {
        var index = new CountingIndex { Free = () => throw new DriveNotFoundException() };
        using var sweep = Sweep(index, new LineLog<RetentionSweep>());

        await sweep.RunOnce(default);
        await sweep.RunOnce(default);

        Assert.Equal(2, index.OutputCalls);
    }

    private static RetentionSweep Sweep(CountingIndex index, LineLog<RetentionSweep> log) => new(
        new RetentionTables(index, index, index, index), Options.Create(new StorageOptions()), new FakeTimeProvider(Sample.Noon), log);

    /// <summary>Finds nothing; its first call fails.</summary>
    private sealed class CountingIndex : ITaskIndex, IAuditNotes, IAgentSessionRetention, IKeptOutput
    {
        public int NoteCalls { get; private set; }

        public int ConversationCalls { get; private set; }

        public int OutputCalls { get; private set; }

        public Func<long?> Free { get; init; } = () => null;

        public long? FreeSpace => Free();

        public ValueTask<IReadOnlyList<EndedTask>> ReadEndedTasks(DateTimeOffset from, int limit, CancellationToken cancellation)
        {
            OutputCalls++;
            return ValueTask.FromResult<IReadOnlyList<EndedTask>>([]);
        }

        public ValueTask<int> DeleteIdle(DateTimeOffset before, int limit, CancellationToken cancellation)
        {
            ConversationCalls++;
            return ValueTask.FromResult(0);
        }

        public ValueTask<int> DeleteOutput(IReadOnlyList<long> numbers, CancellationToken cancellation) =>
            throw new NotSupportedException();

        private readonly Channel<DateTimeOffset> calls = Channel.CreateUnbounded<DateTimeOffset>();
        private int count;

        public async Task<DateTimeOffset> NextCall() => await calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        public ValueTask<int> DeleteEnded(DateTimeOffset before, int limit, CancellationToken cancellation)
        {
            calls.Writer.TryWrite(before);
            return count++ == 0 ? throw new IOException("disk") : ValueTask.FromResult(0);
        }

        public ValueTask<int> DeleteNotes(DateTimeOffset before, int limit, CancellationToken cancellation)
        {
            NoteCalls++;
            return ValueTask.FromResult(0);
        }

        public ValueTask<int> DeleteTrails(DateTimeOffset before, int limit, CancellationToken cancellation) => ValueTask.FromResult(0);

        public ValueTask<int> DeleteLinks(DateTimeOffset before, int limit, CancellationToken cancellation) => ValueTask.FromResult(0);

        public ValueTask<IReadOnlyList<GroupName>> ReadBacklogGroups(string tenant, string pool, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<QueueEntry>> ReadBacklog(
            string tenant, string pool, GroupName group, int limit, DateTimeOffset now, IReadOnlyCollection<string> busyKeys,
            CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyDictionary<string, Guid>> ReadBusyKeys(string tenant, string pool, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyDictionary<string, QueueEntry>> ReadFirstOfKeys(
            string tenant, string pool, IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<Guid>> ReadDueTasks(int shard, DateTimeOffset now, int limit, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<ILookup<string, AttemptRef>> ReadRunningAttempts(
            string tenant, IReadOnlyList<string> workers, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<AttemptRef>> ReadRunningAttempts(string tenant, string worker, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }
}
