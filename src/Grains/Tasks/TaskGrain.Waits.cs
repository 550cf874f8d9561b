using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

// Readers that wait for a change. They interleave with everything and hold nothing up, least of all a stop of the process.
internal sealed partial class TaskGrain
{

    private List<PendingWait>? waits;

    public async Task<TaskSnapshot?> Wait(long? seenVersion, TimeSpan wait, CancellationToken cancellation)
    {
        await Fresh();
        var known = record;
        if (known is not null && !known.State.IsEnd() && !(known.Version > seenVersion) && wait > TimeSpan.Zero)
            await Held(seenVersion, HeldCalls.Shorten(wait), cancellation);
        await Load();
        // What ended meanwhile was ended by a step, which sees to the leaving.
        if (known is null || known.State.IsEnd()) LeaveSoon();
        return Snapshot();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        AnswerWaits();
        return Task.CompletedTask;
    }

    private async Task Held(long? seenVersion, TimeSpan wait, CancellationToken cancellation)
    {
        var pending = new PendingWait(seenVersion);
        (waits ??= []).Add(pending);
        await using var timer = services.Clock.CreateTimer(PendingWait.LetGoTimer, pending, wait, Timeout.InfiniteTimeSpan);
        await using var cancelled = cancellation.UnsafeRegister(PendingWait.LetGo, pending);
        await using var stopping = services.Stopping.UnsafeRegister(PendingWait.LetGo, pending);
        await pending.Task;
        waits?.Remove(pending);
    }

    /// <summary>Answers every wait that the record as it is now satisfies.</summary>
    private void AnswerWaits()
    {
        if (waits is not { } held) return;
        foreach (var pending in held)
        {
            if (record is not { } task || task.State.IsEnd() || task.Version > pending.SeenVersion) pending.TrySetResult();
        }
    }

    private sealed class PendingWait(long? seenVersion) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public static readonly Action<object?> LetGo = static pending => ((PendingWait)pending!).TrySetResult();
        public static readonly TimerCallback LetGoTimer = static pending => ((PendingWait)pending!).TrySetResult();

        public long? SeenVersion { get; } = seenVersion;
    }
}
