using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using OpenClaw.Grains.Workers;

namespace OpenClaw.Grains.Tests.Telemetry;

/// <summary>Numbers as they are now: tasks by state, workers online.</summary>
public sealed class GaugeTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly CountedList list = new();
    private readonly TaskCountReport report;
    private readonly OnlineWorkers workers;

    public GaugeTests()
    {
        var services = new ServiceCollection().AddSingleton<ITaskList>(list).BuildServiceProvider();
        report = new TaskCountReport(clock, services, NullLogger<TaskCountReport>.Instance);
        workers = new OnlineWorkers(clock);
    }

    [Fact]
    public async Task Tasks_are_counted_for_a_listener_only()
    {
        await report.Refresh(CancellationToken.None);
        Assert.Equal(0, list.Asked);
        using var listener = Listen();
        await report.Refresh(CancellationToken.None);
        Assert.Equal(1, list.Asked);
        Assert.Equal(7, Read(listener)["openclaw.tasks state=queued"]);
        Assert.Equal(0, Read(listener)["openclaw.tasks state=lost"]);
    }

    [Fact]
    public async Task Counts_of_long_ago_and_of_a_silo_that_counts_no_more_are_not_told()
    {
        using var listener = Listen();
        await report.Refresh(CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.DoesNotContain(Read(listener).Keys, name => name.StartsWith("openclaw.tasks", StringComparison.Ordinal));
        await report.Refresh(CancellationToken.None);
        report.Stop();
        Assert.DoesNotContain(Read(listener).Keys, name => name.StartsWith("openclaw.tasks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_hurts_nobody()
    {
        using var listener = Listen();
        list.Fails = true;
        await report.Refresh(CancellationToken.None);
    }

    [Fact]
    public void A_worker_is_online_until_its_silence_is_long_or_it_says_goodbye()
    {
        using var listener = Listen();
        workers.MarkOnline("worker:default/a", clock.GetUtcNow());
        workers.MarkOnline("worker:default/b", clock.GetUtcNow());
        Assert.Equal(2, Read(listener)["openclaw.workers.online"]);
        workers.MarkOffline("worker:default/b");
        Assert.Equal(1, Read(listener)["openclaw.workers.online"]);
        clock.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(0, Read(listener)["openclaw.workers.online"]);
    }

    [Fact]
    public void While_nobody_listens_no_worker_is_remembered()
    {
        workers.MarkOnline("worker:default/a", clock.GetUtcNow());
        using var listener = Listen();
        Assert.Equal(0, Read(listener)["openclaw.workers.online"]);
    }

    public void Dispose()
    {
        report.Dispose();
        workers.Dispose();
    }

    /// <summary>To the meters of this test only.</summary>
    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter == report.Meter || instrument.Meter == workers.Meter) own.EnableMeasurementEvents(instrument);
            },
        };
        listener.Start();
        return listener;
    }

    private static Dictionary<string, long> Read(MeterListener listener)
    {
        var read = new Dictionary<string, long>();
        listener.SetMeasurementEventCallback<long>((instrument, number, labels, _) =>
            read[string.Join(' ', [instrument.Name, .. labels.ToArray().Select(label => $"{label.Key}={label.Value}")])] = number);
        listener.RecordObservableInstruments();
        return read;
    }

    private sealed class CountedList : ITaskList
    {
        public int Asked { get; private set; }
        public bool Fails { get; set; }

        public ValueTask<IReadOnlyDictionary<TaskState, long>> CountAll(string tenant, CancellationToken cancellation)
        {
            Asked++;
            if (Fails) throw new IOException("away");
            return new(new Dictionary<TaskState, long> { [TaskState.Queued] = 7 });
        }

        public ValueTask<int> CountQueued(string tenant, string tokenId, int limit, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyDictionary<TaskState, long>> CountUnended(string tenant, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<TaskPage> ReadPage(TaskQuery query, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<SessionActivity>> ReadSessions(string tenant, int limit, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }
}
