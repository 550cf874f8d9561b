using Microsoft.Extensions.Logging;

namespace OpenClaw.Silo;

internal static partial class Log
{
    [LoggerMessage(40, LogLevel.Warning, "Deadline shard {Shard} could not be woken at the start; its reminder wakes it")]
    public static partial void ShardNotWoken(this ILogger log, int shard, Exception failure);
}
