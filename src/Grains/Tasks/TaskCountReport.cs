using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Telemetry;

namespace OpenClaw.Grains.Tasks;

/// <summary>
/// Tasks by state, as the table counts them. Reported by one silo of the cluster at a time, the one where the first deadline shard
/// lives; the others say nothing.
/// </summary>
internal sealed class TaskCountReport : IDisposable
{
    /// <summary>The tenant of every token there is.</summary>
    private const string Tenant = "default";

    /// <summary>Older counts are not told: nothing is better than a number of long ago.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    private readonly ObservableGauge<long> gauge;
    private readonly TimeProvider clock;
    private readonly ITaskList? list;
    private readonly ILogger log;
    private volatile Report? latest;

    public TaskCountReport(TimeProvider clock, IServiceProvider services, ILogger<TaskCountReport> log)
    {
        (this.clock, this.log) = (clock, log);
        list = services.GetService<ITaskList>();
        gauge = Meter.CreateObservableGauge("openclaw.tasks", ObserveCounts, "{task}", "Tasks kept, by state; reported by one silo only");
    }

    /// <summary>This silo's own: it goes with the silo.</summary>
    internal Meter Meter { get; } = new(Instruments.Name);

    /// <summary>Counts again, when anybody listens. The list itself sees to it that asking often costs little.</summary>
    public async Task Refresh(CancellationToken cancellation)
    {
        if (!gauge.Enabled || list is null) return;
        try
        {
            latest = new Report(await list.CountAll(Tenant, cancellation), clock.GetTimestamp());
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            log.CountFailed(failure);
        }
    }

    /// <summary>Another silo counts from now on.</summary>
    public void Stop() => latest = null;

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<long>> ObserveCounts()
    {
        if (latest is not { } report || clock.GetElapsedTime(report.At) > GoodFor) return [];
        return Stored.Select(state => new Measurement<long>(
            report.Counts.GetValueOrDefault(state), Instruments.CreateLabel("state", state.ToWireName())));
    }

    /// <summary>An offer lives in memory only: such a task counts as queued.</summary>
    private static IEnumerable<TaskState> Stored =>
        Enum.GetValues<TaskState>().Where(state => state is not (TaskState.None or TaskState.Offered or TaskState.AwaitingApproval));

    private sealed record Report(IReadOnlyDictionary<TaskState, long> Counts, long At);
}
