using System.Security.Cryptography;
using System.Text;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security.Certificates;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Enrolment;

/// <summary>
/// By what a PC that joins trusts the server: the pin of its authority, which came with the invitation, before anything secret is sent.
/// </summary>
internal static class ServerTrust
{
    private const int LargestAuthority = 64 * 1024;
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(20);

    /// <summary>What is wrong with an address, a pin and an authority's file together, before anybody is asked; null: nothing.</summary>
    public static string? FindError(Uri url, string? pin, string? caFile)
    {
        if (url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback)
            return $"{url} is not https: in the open a join token is sent to this PC itself alone. Take the invitation's address";
        if (pin is not null && !CertificatePin.IsPin(pin)) return "--pin is sha256: and 64 hexadecimal digits, as the invitation has it";
        return pin is not null && caFile is not null ? "--pin or --ca, not both" : null;
    }

    /// <summary>
    /// The file of the authority that is trusted, put into the home where it had to be fetched; null where the system's are. An error: the
    /// server is not the one that the pin is of.
    /// </summary>
    public static async Task<(string? CaFile, string? Error)> PrepareFile(
        GatewayRoute way, string? pin, string? caFile, string home)
    {
        if (caFile is not null) return (Path.GetFullPath(caFile), null);
        if (pin is null || way.Url.Scheme != Uri.UriSchemeHttps) return (null, null);
        try
        {
            var pem = await FetchAuthority(way);
            using var roots = ServerRoots.Parse(pem);
            if (roots?.FindPinned(pin) is not { } authority)
                return (null, $"the server at {way.Url} is NOT the one that invited this PC: its authority has another key than the pin "
                    + "says. Nothing was sent. Ask who invited you; somebody may be in between");
            var path = Path.Combine(home, "server-ca.pem");
            DurableFile.Write(path, Encoding.ASCII.GetBytes(authority));
            return (path, null);
        }
        catch (Exception error) when (CallRetryRules.IsRetryable(error) || error is CryptographicException or UnauthorizedAccessException)
        {
            return (null, $"the authority of {way.Url} can't be had: {CallRetryRules.DescribeError(error)}");
        }
    }

    /// <summary>From whoever answers there: nothing of it is believed but what fits the pin.</summary>
    private static async Task<string> FetchAuthority(GatewayRoute way)
    {
        using var late = new CancellationTokenSource(FetchTimeout, TimeProvider.System);
        using var http = (way with { TrustsAnybody = true }).CreateClient(FetchTimeout);
        using var answer = await http.GetAsync(Routes.Authority, HttpCompletionOption.ResponseHeadersRead, late.Token);
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"it answered {(int)answer.StatusCode} to /ca.pem");
        await using var stream = await answer.Content.ReadAsStreamAsync(late.Token);
        var bytes = new byte[LargestAuthority];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, late.Token);
        return Encoding.ASCII.GetString(bytes, 0, length);
    }
}
