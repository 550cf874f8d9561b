using System.Net;

namespace OpenClaw.Gateway.Hosting;

internal static partial class Log
{
    [LoggerMessage(60, LogLevel.Warning,
        "Plain HTTP on {Address}: tokens and commands can be read on the way. Put a proxy that does TLS before it.")]
    public static partial void ServesPlainHttp(this ILogger log, IPAddress address);

    [LoggerMessage(61, LogLevel.Warning, "Compatibility mode is on: WORKER_TOKEN is accepted as client and as worker.")]
    public static partial void SharedTokenIsOn(this ILogger log);

    [LoggerMessage(62, LogLevel.Warning, "No silo answers yet; waiting up to {Minutes} minutes for one.")]
    public static partial void WaitsForSilo(this ILogger log, double minutes);
}
