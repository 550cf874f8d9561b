using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

// Readers that wait for a change. They interleave with everything and hold nothing up, least of all a stop of the process.
internal sealed partial class TaskGrain
{
    private List<PendingWait>? waits;

    public async Task<TaskSnapshot?> Wait(long? seenVersion, TimeSpan wait, CancellationToken cancellation)
    {
        await EnsureFresh();
        var known = record;
        if (known is not null && !known.State.IsEnd() && !(known.Version > seenVersion) && wait > TimeSpan.Zero)
            await WaitForChange(seenVersion, HeldCalls.Shorten(wait), cancellation);
        await EnsureLoaded();
        // What ended meanwhile was ended by a step, which sees to the leaving.
        if (known is null || known.State.IsEnd()) DeactivateSoon();
        return CreateSnapshot();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        AnswerWaits();
        return Task.CompletedTask;
    }

    private async Task WaitForChange(long? seenVersion, TimeSpan wait, CancellationToken cancellation)
    {
        var pending = new PendingWait(seenVersion);
        (waits ??= []).Add(pending);
        await using var timer = services.Clock.CreateTimer(PendingWait.ReleaseOnTimer, pending, wait, Timeout.InfiniteTimeSpan);
        await using var cancelled = cancellation.UnsafeRegister(PendingWait.Release, pending);
        await using var stopping = services.Stopping.UnsafeRegister(PendingWait.Release, pending);
        await pending.Task;
        waits?.Remove(pending);
    }

    /// <summary>Answers every wait that the record as it is now satisfies.</summary>
    private void AnswerWaits()
    {
        if (waits is null) return;
        foreach (var pending in waits)
        {
            if (record is not { } task || task.State.IsEnd() || task.Version > pending.SeenVersion) pending.TrySetResult();
        }
    }

    private sealed class PendingWait(long? seenVersion) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public static readonly Action<object?> Release = static pending => ((PendingWait)pending!).TrySetResult();
        public static readonly TimerCallback ReleaseOnTimer = static pending => ((PendingWait)pending!).TrySetResult();

        public long? SeenVersion { get; } = seenVersion;
    }
}
