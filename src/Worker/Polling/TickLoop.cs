using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Polling;

/// <summary>
/// What needs a look every two seconds: did the machine sleep, did a lease run out, did the policy change, are there orphans?
/// </summary>
internal sealed class TickLoop(
    HeartbeatLoop heartbeats, PollLoop polls, AttemptTable attempts, Func<Task<bool>> mayWorkChanged, TimeProvider clock, WorkerLog log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private const int ReapEvery = 5;
    private const int TidyEvery = 15;
    private const long WorthTidying = 1 << 20;
    private readonly WakeWatch watch = new(clock);
    private long tidiedAt;

    public async Task RunUntilStopped(CancellationToken cancellation)
    {
        for (var tick = 1; ; tick++)
        {
            await Task.Delay(Every, clock, cancellation);
            if (watch.FindClockGap() is { } apart)
            {
                log.Woke(apart);
                heartbeats.BeatFirst();
                polls.Interrupt();
            }
            heartbeats.EndUnrenewed();
            if (await mayWorkChanged()) polls.Interrupt();
            attempts.WakeParked();
            if (tick % ReapEvery == 0 && !OperatingSystem.IsWindows()) ChildReaper.ReapOrphans();
            if (tick % TidyEvery == 0) TrimMemory();
        }
    }

    /// <summary>
    /// An idle worker allocates so little that for hours nothing would be collected: what a task or a scan has left is given back.
    /// </summary>
    private void TrimMemory()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (attempts.Active.Length > 0 || allocated - tidiedAt < WorthTidying) return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        tidiedAt = allocated;
    }
}
