using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Polling;

/// <summary>What needs a look every two seconds: did the machine sleep, did a lease run out, did the policy change, are there orphans?</summary>
internal sealed class TickLoop(HeartbeatLoop heartbeats, PollLoop polls, Func<bool> mayWorkChanged, TimeProvider clock, WorkerLog log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private const int ReapEvery = 5;
    private readonly WakeWatch watch = new(clock);

    public async Task Run(CancellationToken cancellation)
    {
        for (var tick = 1; ; tick++)
        {
            await Task.Delay(Every, clock, cancellation).ConfigureAwait(false);
            if (watch.Look() is { } apart)
            {
                log.Woke(apart);
                heartbeats.NowAndFirst();
                polls.Interrupt();
            }
            if (mayWorkChanged())
                polls.Interrupt();
            heartbeats.EndUnrenewed();
            if (tick % ReapEvery == 0 && !OperatingSystem.IsWindows())
                OwnChildren.ReapOrphans();
        }
    }
}
