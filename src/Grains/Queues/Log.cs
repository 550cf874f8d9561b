using Microsoft.Extensions.Logging;

namespace OpenClaw.Grains.Queues;

internal static partial class Log
{
    [LoggerMessage(10, LogLevel.Warning, "Queue {Tenant}/{Pool} could not read the table; it looks again in seconds")]
    public static partial void LookFailed(this ILogger log, string tenant, string pool, Exception failure);

    [LoggerMessage(11, LogLevel.Warning, "Queue {Tenant}/{Pool} could not load the backlog of tasks that require {Requires}")]
    public static partial void LoadFailed(this ILogger log, string tenant, string pool, string requires, Exception failure);

    [LoggerMessage(12, LogLevel.Warning, "Queue {Tenant}/{Pool} could not read which tasks are first in line for their concurrency keys")]
    public static partial void LinesFailed(this ILogger log, string tenant, string pool, Exception failure);

    [LoggerMessage(13, LogLevel.Warning, "Could not read which tokens have a limit of running tasks; the last known ones count on")]
    public static partial void LimitsFailed(this ILogger log, Exception failure);
}
