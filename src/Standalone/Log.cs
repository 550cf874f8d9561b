using System.Net;

namespace OpenClaw.Standalone;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Plain HTTP on {Address}: tokens and commands can be read on the way. Put a proxy that does TLS before it.")]
    public static partial void ServesPlainHttp(this ILogger logger, IPAddress address);

    [LoggerMessage(2, LogLevel.Error, "The local worker ended.")]
    public static partial void WorkerEnded(this ILogger logger, Exception fault);
}
