namespace OpenClaw.Gateway.Notifications;

/// <summary>What is logged of chat messages: the task, never the text or the token.</summary>
internal static partial class Log
{
    [LoggerMessage(60, LogLevel.Warning, "Task {Task}: too many answers wait to be posted; this one is dropped")]
    public static partial void CallbackDropped(this ILogger log, Guid task);

    [LoggerMessage(61, LogLevel.Warning, "Task {Task}: its answer was not posted: {Refusal}")]
    public static partial void CallbackRefused(this ILogger log, Guid task, string refusal);

    [LoggerMessage(62, LogLevel.Error, "Task {Task}: its answer was not posted")]
    public static partial void CallbackFailed(this ILogger log, Guid task, Exception error);
}
