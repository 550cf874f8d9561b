namespace OpenClaw.Hosting.Clocks;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning,
        "The clock that OpenClaw's time is compared with was set by {Off}. OpenClaw's own goes on as it was, so that no task ends early.")]
    public static partial void ClockWasSet(this ILogger logger, TimeSpan off);

    [LoggerMessage(3, LogLevel.Warning,
        "No task waits or runs: OpenClaw's clock was set forward by {By}, to where the clock is that it is compared with.")]
    public static partial void ClockCaughtUp(this ILogger logger, TimeSpan by);

    [LoggerMessage(2, LogLevel.Information, "The clock was not compared with the others' ({Error}); it goes on by itself.")]
    public static partial void ClockNotCompared(this ILogger logger, string error);
}
