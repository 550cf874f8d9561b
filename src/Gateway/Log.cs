namespace OpenClaw.Gateway;

/// <summary>What the gateway logs: ids and sizes, never bodies or tokens.</summary>
internal static partial class Log
{
    [LoggerMessage(19, LogLevel.Warning,
        "Request {Request}, and {Others} since the last such line: refused, the disk of the store is full")]
    public static partial void StorageFull(this ILogger log, string request, long others);

    [LoggerMessage(1, LogLevel.Warning,
        "Request {Request}, and {Others} since the last such line: the store or the cluster does not answer")]
    public static partial void Unavailable(this ILogger log, string request, long others, Exception error);

    [LoggerMessage(2, LogLevel.Error, "Request {Request}, and {Others} since the last such line, failed")]
    public static partial void Failed(this ILogger log, string request, long others, Exception error);

    [LoggerMessage(3, LogLevel.Warning, "Request {Request}: the answer was cut")]
    public static partial void AnswerCut(this ILogger log, string request, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "Task {Task} could not be offered")]
    public static partial void OfferFailed(this ILogger log, Guid task, Exception error);

    [LoggerMessage(6, LogLevel.Warning, "The lease of task {Task} could not be renewed")]
    public static partial void HeartbeatFailed(this ILogger log, Guid task, Exception error);

    [LoggerMessage(7, LogLevel.Information, "{Interface}.{Method} is called again after {Failures} failures, the last a {Failure}")]
    public static partial void CallRepeated(this ILogger log, string @interface, string method, int failures, string failure);

    [LoggerMessage(8, LogLevel.Warning, "The start of task {Task} could not be taken back, try {Tries}")]
    public static partial void StartNotTakenBack(this ILogger log, Guid task, int tries, Exception failure);

    [LoggerMessage(9, LogLevel.Warning, "The store does not say how far the output of followed tasks goes")]
    public static partial void OutputNotPolled(this ILogger log, Exception error);

    [LoggerMessage(10, LogLevel.Warning, "A sign of life of worker {Worker} could not be passed on; the next one follows in seconds")]
    public static partial void SignOfLifeLost(this ILogger log, string worker, Exception failure);

    [LoggerMessage(11, LogLevel.Information, "Token {Token} is good no more; {Requests} requests with it that were under way were cut")]
    public static partial void TokenEnded(this ILogger log, string token, int requests);

    [LoggerMessage(12, LogLevel.Warning, "Where the audit's chains end could not be read; workers are told once it can")]
    public static partial void AuditHeadsUnread(this ILogger log, Exception failure);

    [LoggerMessage(20, LogLevel.Warning, "When tokens were last used could not be stored; it is tried again in seconds")]
    public static partial void LastUsesNotStored(this ILogger log, Exception failure);
}
