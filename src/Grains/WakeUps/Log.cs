using Microsoft.Extensions.Logging;

namespace OpenClaw.Grains.WakeUps;

internal static partial class Log
{
    [LoggerMessage(30, LogLevel.Warning, "The sweep of shard {Shard} failed; the next one comes in seconds")]
    public static partial void SweepFailed(this ILogger log, int shard, Exception failure);

    [LoggerMessage(31, LogLevel.Warning, "Task {Task} could not be woken; it is woken again by a later sweep")]
    public static partial void PokeFailed(this ILogger log, Guid task, Exception failure);
}
