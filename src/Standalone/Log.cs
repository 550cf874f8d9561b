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

    [LoggerMessage(5, LogLevel.Warning, "Tokens in {File} that are refused, as they were revoked, rotated or have run out: {Roles}. "
        + "Write the new secret of each into its line, or move the file away: the next start makes three new tokens.")]
    public static partial void TokensRefused(this ILogger logger, string file, string roles);
}
