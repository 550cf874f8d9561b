using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Problems;

/// <summary>Sends JSON and reads answers, for the typed clients: a refusal becomes the problem it names.</summary>
internal static class AnswerReader
{
    /// <summary>POSTs a body and reads the answer.</summary>
    public static async Task<Answer<TAnswer>> Post<TBody, TAnswer>(
        HttpClient http, string route, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<TAnswer> answer, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await http.PostAsync(route, content, cancellation).ConfigureAwait(false);
        return await Read(response, answer, cancellation).ConfigureAwait(false);
    }

    /// <summary>The value of a success (default for an empty body), else the problem.</summary>
    public static async Task<Answer<T>> Read<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode) return new(default, await ReadProblem(response, cancellation).ConfigureAwait(false));
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        return new(body.Length == 0 ? default : JsonSerializer.Deserialize(body, type), null);
    }

    /// <summary>The problem of a refusal; made from the status when the body is not one of ours.</summary>
    public static async Task<Problem> ReadProblem(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (JsonSerializer.Deserialize(body, ProtocolJson.Lenient.Problem) is { } problem) return problem;
        }
        catch (JsonException)
        {
            // Not from OpenClaw: a proxy's page. Its status says what there is to say.
        }
        var status = (int)response.StatusCode;
        var sentence = string.Create(CultureInfo.InvariantCulture, $"the server answered {status}");
        var type = response.StatusCode == HttpStatusCode.NotFound ? ProblemTypes.NotFound : ProblemTypes.Unavailable;
        return new() { Type = type, Title = sentence, Status = status, Error = sentence };
    }
}
