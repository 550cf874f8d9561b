using Microsoft.Extensions.Logging;

namespace OpenClaw.Storage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "One operation failed and was left out; the others of its batch were not.")]
    public static partial void OperationFailed(this ILogger logger, Exception error);

    [LoggerMessage(2, LogLevel.Error, "A batch of {Count} failed with an unknown outcome; the connection is opened anew.")]
    public static partial void CommitOutcomeUnknown(this ILogger logger, int count, Exception error);

    [LoggerMessage(3, LogLevel.Information, "Database {Path} is at schema {Version}; {Applied} migrations applied now.")]
    public static partial void DatabaseReady(this ILogger logger, string path, int version, int applied);

    [LoggerMessage(4, LogLevel.Information, "Retention deleted {Count} tasks that ended before {Before:O}.")]
    public static partial void RetentionDeleted(this ILogger logger, long count, DateTimeOffset before);

    [LoggerMessage(5, LogLevel.Warning, "Retention failed; it tries again at its next turn.")]
    public static partial void RetentionFailed(this ILogger logger, Exception error);

    [LoggerMessage(6, LogLevel.Error, "An audit note was lost.")]
    public static partial void NoteLost(this ILogger logger, Exception error);

    [LoggerMessage(9, LogLevel.Warning,
        "Only {Free} bytes are free on the disk of the database. When it is full nothing is taken any more: OPENCLAW_KEEP_DAYS and OPENCLAW_KEEP_OUTPUT keep less.")]
    public static partial void DiskNearlyFull(this ILogger logger, long free);

    [LoggerMessage(8, LogLevel.Warning,
        "Output of ended tasks was more than {Most} bytes together: the oldest {Bytes} bytes were dropped. OPENCLAW_KEEP_OUTPUT keeps more.")]
    public static partial void OutputDropped(this ILogger logger, long most, long bytes);

    [LoggerMessage(7, LogLevel.Warning, "PostgreSQL at {Host}:{Port} is not there yet ({Error}); waiting up to a minute for it.")]
    public static partial void WaitingForDatabase(this ILogger logger, string? host, int port, string error);
}
