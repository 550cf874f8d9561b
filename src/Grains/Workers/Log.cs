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

    [LoggerMessage(24, LogLevel.Warning,
        "A worker of the compatible protocol polls as {Worker}, a name that daemons with a session have: it gets no task for that name")]
    public static partial void NameIsOfSessions(this ILogger log, string worker);

    [LoggerMessage(26, LogLevel.Warning,
        "The audit log of worker {Worker} had {Before} rows and has {Now}: rows were cut off there, or its home was put back to a backup")]
    public static partial void AuditLogBehind(this ILogger log, string worker, long before, long now);

    [LoggerMessage(25, LogLevel.Warning, "Worker {Worker}: another process with the same home's id asks for the session of one that lives")]
    public static partial void SameHomeTwice(this ILogger log, string worker);

    [LoggerMessage(23, LogLevel.Warning, "When worker {Worker} was last heard of could not be stored; it is tried again in a minute")]
    public static partial void SeenNotStored(this ILogger log, string worker, Exception failure);
}
