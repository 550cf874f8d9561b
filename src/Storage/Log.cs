using Microsoft.Extensions.Logging;

namespace OpenClaw.Storage;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "One operation failed and was left out; the others of its batch were not.")]
    public static partial void OperationFailed(this ILogger logger, Exception error);

    [LoggerMessage(2, LogLevel.Error, "A batch of {Count} failed with an unknown outcome; the connection is opened anew.")]
    public static partial void CommitOutcomeUnknown(this ILogger logger, int count, Exception error);

    [LoggerMessage(28, LogLevel.Error, "{Sentence} Writes refused since the last such line: {Count}.")]
    public static partial void WritesRefused(this ILogger logger, string sentence, int count);

    [LoggerMessage(29, LogLevel.Information, "Writes are taken again.")]
    public static partial void WritesTaken(this ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "Database {Path} is at schema {Version}; {Applied} migrations applied now.")]
    public static partial void DatabaseReady(this ILogger logger, string path, int version, int applied);

    [LoggerMessage(4, LogLevel.Information, "Retention deleted {Count} tasks that ended before {Before:O}.")]
    public static partial void RetentionDeleted(this ILogger logger, long count, DateTimeOffset before);

    [LoggerMessage(5, LogLevel.Warning, "Retention failed; it tries again at its next turn.")]
    public static partial void RetentionFailed(this ILogger logger, Exception error);

    [LoggerMessage(6, LogLevel.Error, "An audit note was lost.")]
    public static partial void NoteLost(this ILogger logger, Exception error);

    [LoggerMessage(9, LogLevel.Warning,
        "Only {Free} bytes are free on the disk of the database. When it is full nothing is taken any more: "
        + "OPENCLAW_KEEP_DAYS and OPENCLAW_KEEP_OUTPUT keep less.")]
    public static partial void DiskNearlyFull(this ILogger logger, long free);

    [LoggerMessage(8, LogLevel.Warning,
        "Output and payloads of ended tasks were more than {Most} bytes together: the oldest {Bytes} bytes were dropped. "
        + "OPENCLAW_KEEP_OUTPUT keeps more.")]
    public static partial void OutputDropped(this ILogger logger, long most, long bytes);

    [LoggerMessage(7, LogLevel.Warning, "PostgreSQL at {Host}:{Port} is not there yet ({Error}); waiting up to a minute for it.")]
    public static partial void WaitingForDatabase(this ILogger logger, string? host, int port, string error);

    [LoggerMessage(21, LogLevel.Warning,
        "Another session holds a lock that one or more of {Count} writes need. They wait apart, for up to {Seconds} s; all others go on.")]
    public static partial void WritesBlocked(this ILogger logger, int count, double seconds);

    [LoggerMessage(22, LogLevel.Warning, "A write was given up: another session held a lock on its row all the time. Nothing was stored.")]
    public static partial void BlockedWriteGivenUp(this ILogger logger, Exception? error);

    [LoggerMessage(23, LogLevel.Warning, "PostgreSQL at {Server} has taken over (time line {Before} before, {After} now).")]
    public static partial void ServerPromoted(this ILogger logger, string server, int before, int after);

    [LoggerMessage(24, LogLevel.Error, "{Sentence}")]
    public static partial void ServerRefused(this ILogger logger, string sentence);

    [LoggerMessage(25, LogLevel.Information,
        "PostgreSQL is reached through a pooler: statements are not prepared, and each transaction brings its settings along.")]
    public static partial void PoolerFound(this ILogger logger);

    [LoggerMessage(26, LogLevel.Warning,
        "PostgreSQL is reached through a pooler, and the connection string says Max Auto Prepare={Most}. One that does not keep prepared "
        + "statements apart (PgBouncer before 1.21, or with max_prepared_statements=0) mixes up those of different programs.")]
    public static partial void PoolerAndPreparing(this ILogger logger, int most);

    [LoggerMessage(27, LogLevel.Debug, "Which database answers could not be compared: {Error}")]
    public static partial void ServerNotCompared(this ILogger logger, string error);
}
