namespace OpenClaw.Hosting.Https.Certificates;

internal static partial class Log
{
    [LoggerMessage(80, LogLevel.Information, "The server's certificate was replaced; the new one ends at {End:u}.")]
    public static partial void CertificateReplaced(this ILogger log, DateTime end);

    [LoggerMessage(81, LogLevel.Warning,
        "There is a new certificate that can't be used; the one before, which ends at {End:u}, stays in use. {Error}")]
    public static partial void CertificateRefused(this ILogger log, DateTime end, string error);

    [LoggerMessage(82, LogLevel.Warning, "The server's certificate ends at {End:u}, and there is no newer one yet.")]
    public static partial void CertificateEndsSoon(this ILogger log, DateTime end);
}
