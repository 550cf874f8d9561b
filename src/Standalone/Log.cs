using System.Net;

namespace OpenClaw.Standalone;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning,
        "Plain HTTP on {Address}: tokens and commands can be read on the way. Put a proxy that does TLS before it.")]
    public static partial void ServesPlainHttp(this ILogger logger, IPAddress address);

    [LoggerMessage(2, LogLevel.Warning, "Compatibility mode is on: WORKER_TOKEN is accepted as client and as worker.")]
    public static partial void SharedTokenIsOn(this ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "The local worker ended by itself. Its last lines:\n{Lines}")]
    public static partial void WorkerEnded(this ILogger logger, string lines);

    [LoggerMessage(4, LogLevel.Information, "Worker: {Line}")]
    public static partial void WorkerSays(this ILogger logger, string line);
}
