using Microsoft.Extensions.Logging;

namespace OpenClaw.Grains.Workers;

internal static partial class Log
{
    [LoggerMessage(20, LogLevel.Information, "Worker {Worker} opened session {Epoch} with token {TokenId}")]
    public static partial void SessionOpened(this ILogger log, string worker, long epoch, string tokenId);

    [LoggerMessage(21, LogLevel.Information, "Worker {Worker} closed session {Epoch}")]
    public static partial void SessionClosed(this ILogger log, string worker, long epoch);

    [LoggerMessage(22, LogLevel.Information, "Worker {Worker} draining: {Draining}, by token {TokenId}")]
    public static partial void DrainingSet(this ILogger log, string worker, bool draining, string tokenId);

    [LoggerMessage(23, LogLevel.Warning, "When worker {Worker} was last heard of could not be stored; it is tried again in a minute")]
    public static partial void SeenNotStored(this ILogger log, string worker, Exception failure);
}
