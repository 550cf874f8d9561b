using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Output;

namespace OpenClaw.Worker.Attempts;

/// <summary>Ends an attempt that prints nothing for so long. Looks when the silence could be long enough, not at every byte.</summary>
internal sealed class SilenceTimer : IAsyncDisposable
{
    private readonly TimeSpan limit;
    private readonly OutputPump output;
    private readonly AttemptStop stop;
    private readonly TimeProvider clock;
    private readonly ITimer timer;

    private SilenceTimer(TimeSpan limit, OutputPump output, AttemptStop stop, TimeProvider clock)
    {
        (this.limit, this.output, this.stop, this.clock) = (limit, output, stop, clock);
        timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null when there is no limit.</summary>
    public static SilenceTimer? Start(TimeSpan? limit, OutputPump output, AttemptStop stop, TimeProvider clock) =>
        limit is { } time ? new SilenceTimer(time, output, stop, clock) : null;

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void Look()
    {
        var left = limit - clock.GetElapsedTime(output.LastWrite);
        if (left <= TimeSpan.Zero)
            stop.Request(StopReason.Silence);
        else
            timer.Change(left, Timeout.InfiniteTimeSpan);
    }
}
