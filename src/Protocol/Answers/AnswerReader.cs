using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpenClaw.Protocol.Answers;

/// <summary>Sends requests and reads answers, for the typed clients. What is believed is <see cref="AnswerProof"/>'s to say.</summary>
internal static class AnswerReader
{
    /// <summary>POSTs a body and reads the answer.</summary>
    public static async Task<Answer<TAnswer>> PostJson<TBody, TAnswer>(
        HttpClient http, string route, TBody body, JsonTypeInfo<TBody> type, ExpectedAnswer<TAnswer> expected,
        CancellationToken cancellation)
        where TAnswer : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = ToJsonContent(body, type) };
        return await SendRequest(http, request, expected, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends a GET and proves its answer.</summary>
    public static async Task<Answer<T>> GetJson<T>(
        HttpClient http, string route, ExpectedAnswer<T> expected, CancellationToken cancellation)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, route);
        return await SendRequest(http, request, expected, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends a request and reads the answer.</summary>
    public static async Task<Answer<T>> SendRequest<T>(
        HttpClient http, HttpRequestMessage request, ExpectedAnswer<T> expected, CancellationToken cancellation)
        where T : class
    {
        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        var answer = AnswerProof.JudgeAnswer((int)response.StatusCode, response.Content.Headers.ContentType, body, expected);
        return answer.Problem is null ? answer : answer with { RetryAfter = response.Headers.RetryAfter?.Delta };
    }

    /// <summary>
    /// The same for a large answer: read into one array of at most so many bytes. <paramref name="progress"/> is called when some came.
    /// </summary>
    public static async Task<Answer<T>> SendLarge<T>(
        HttpClient http, HttpRequestMessage request, int most, Action progress, ExpectedAnswer<T> expected, CancellationToken cancellation)
        where T : class
    {
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var body = new byte[Math.Min(response.Content.Headers.ContentLength ?? most, most)];
        var length = 0;
        while (length < body.Length
            && await stream.ReadAsync(body.AsMemory(length), cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            length += read;
            progress();
        }
        return AnswerProof.JudgeAnswer((int)response.StatusCode, response.Content.Headers.ContentType, body.AsSpan(0, length), expected);
    }

    /// <summary>A body as JSON.</summary>
    public static ByteArrayContent ToJsonContent<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
