using Microsoft.Extensions.Logging;

namespace OpenClaw.Grains.Tasks;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The write of task {Task} version {Version} failed; its outcome is unknown, the grain reloads")]
    public static partial void WriteFailed(this ILogger log, Guid task, long version, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "The reminder of task {Task} could not be set or removed; it is tried again at the next look")]
    public static partial void ReminderFailed(this ILogger log, Guid task, Exception failure);

    [LoggerMessage(3, LogLevel.Warning, "Tasks could not be counted for the metrics; the next sweep counts again")]
    public static partial void CountFailed(this ILogger log, Exception failure);
}
