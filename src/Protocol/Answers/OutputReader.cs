using System.Globalization;
using System.Net.Http.Headers;

namespace OpenClaw.Protocol.Answers;

/// <summary>
/// Reads GET /tasks/{id}/output, whose body is the bytes themselves: its headers prove that it is ours, and say how long it is. A proxy
/// ends the answer of a server that died as if it were whole.
/// </summary>
internal static class OutputReader
{
    private const string Bytes = "application/octet-stream";

    /// <summary>The bytes, or why there are none. The caller disposes the stream.</summary>
    public static async Task<Answer<Stream>> ReadOutput(HttpClient http, string path, long offset, CancellationToken cancellation)
    {
        var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        var (status, type) = ((int)response.StatusCode, response.Content.Headers.ContentType);
        if (status == 200 && type?.MediaType == Bytes && FindLength(response, offset) is { } length)
        {
            var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return new(new WholeStream(body, length), null);
        }
        using (response)
        {
            // Of a page that is none of ours nobody knows how long it is.
            if (type?.MediaType != AnswerProof.ProblemJson) return new(null, null, AnswerProof.CreateForeign(status, type));
            var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            var problem = AnswerProof.FindProblem(status, type, body);
            return new(null, problem, problem is null ? AnswerProof.CreateForeign(status, type) : null);
        }
    }

    /// <summary>How many bytes the answer holds; null when its headers are not those of an answer to this offset.</summary>
    private static long? FindLength(HttpResponseMessage response, long offset)
    {
        var (first, next, total) = (ReadNumber(response.Headers, "X-Output-Offset"), ReadNumber(response.Headers, "X-Output-Next"),
            ReadNumber(response.Headers, "X-Output-Total"));
        return first >= offset && next >= first && total is not null ? next - first : null;
    }

    private static long? ReadNumber(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
