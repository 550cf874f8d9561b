using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Output;

/// <summary>
/// Keeps the newest version of a followed task known, wherever in the cluster it was made, and wakes the reader on each. Ends with
/// the task, or when it is disposed.
/// </summary>
internal sealed class TaskChangeWatcher : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource stop;
    private readonly Task watching;
    private volatile TaskSnapshot latest;

    public TaskChangeWatcher(ITaskGrain grain, TaskSnapshot first, OutputWatch watch, TimeProvider clock, CancellationToken cancellation)
    {
        latest = first;
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watching = WatchUntilEnd(grain, watch, clock);
    }

    /// <summary>The task as it was last heard of.</summary>
    public TaskSnapshot Latest => latest;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task WatchUntilEnd(ITaskGrain grain, OutputWatch watch, TimeProvider clock)
    {
        var seen = latest.Version;
        while (!latest.State.IsEnd() && !stop.IsCancellationRequested)
        {
            try
            {
                if (await grain.Wait(seen, HeldCalls.Slice, stop.Token) is not { } task) return;
                if (task.Version <= seen) continue;
                (latest, seen) = (task, task.Version);
                watch.WakeReader();
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
            {
                await Task.Delay(Pause, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
