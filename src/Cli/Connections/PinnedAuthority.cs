using System.Net.Http.Headers;
using System.Security.Cryptography;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security.Certificates;

namespace OpenClaw.Cli.Connections;

/// <summary>
/// Fetches a server's own authority, and believes it only by its pin, which came another way. Nothing is sent but the question: no token,
/// before it is known who would get it.
/// </summary>
internal static class PinnedAuthority
{
    private const int LongestBody = 65_536;

    /// <summary>The authority's certificate, PEM; or why it is not believed.</summary>
    public static async Task<(string? Pem, VerbError? Error)> Fetch(Uri url, string pin)
    {
        try
        {
            using var http = ServerConnection.CreateClient(url, null, ServerTrust.Unchecked);
            http.MaxResponseContentBufferSize = LongestBody;
            using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Authority);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode && FindPinned(text, pin) is { } pem ? (pem, null)
                : (null, new(ExitCodes.Unreachable, $"{url} has not the authority of this pin: it is another server, something in between, "
                    + "or the pin was not copied whole. Nothing was sent to it"));
        }
        catch (HttpRequestException error)
        {
            return (null, new(ExitCodes.Unreachable, ServerAnswer.Explain(url, error)));
        }
        catch (TaskCanceledException)
        {
            return (null, new(ExitCodes.Unreachable, $"{url} did not answer in time"));
        }
    }

    /// <summary>The one certificate of a text that has this pin.</summary>
    private static string? FindPinned(string text, string pin)
    {
        try
        {
            using var roots = ServerRoots.Parse(text);
            return roots?.FindPinned(pin);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
