using System.Net.Sockets;

namespace OpenClaw.Worker.Transport;

/// <summary>The one place that decides whether a call that failed is worth sending again later.</summary>
internal static class CallRetryRules
{
    /// <summary>
    /// About a problem that is provably the server's. Yes for what passes by itself or by somebody's hand: an overloaded server, a token
    /// that is being replaced. No for what is a verdict about this very call.
    /// </summary>
    public static bool IsRetryable(int status) => status is 401 or 403 or 408 or 425 or 429 or >= 500;

    /// <summary>
    /// Yes for an exchange that broke or was given up: who knows what the server took; every call may be repeated. A bare socket failure
    /// is what HttpClient lets through when the server goes at the very moment of connecting.
    /// </summary>
    public static bool IsRetryable(Exception failure) => failure
        is HttpRequestException or IOException or OperationCanceledException or SocketException or System.Text.Json.JsonException;

    /// <summary>Yes where no connection came to be. Else the server may have done what was asked although no answer came.</summary>
    public static bool IsBeforeSending(Exception failure) => failure is SocketException or HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
    };

    /// <summary>
    /// Why it broke, for people. HttpClient says of most failures that there is an inner one; where it names an address, it says all.
    /// </summary>
    public static string DescribeError(Exception failure) =>
        failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
            ? failure.Message : failure.GetBaseException().Message;
}
