using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Answers;

/// <summary>
/// The one place that decides whether an answer is our server's, and to this very request. Pure. A status alone proves nothing: proxies
/// have pages for each of them. A value counts as 200, whole JSON with all its members, and what it repeats of the request; a problem as
/// <c>application/problem+json</c> of one of our types whose status is that of the answer.
/// </summary>
internal static class AnswerProof
{
    private const string OurTypes = "urn:openclaw:";
    private const string Json = "application/json";
    public const string ProblemJson = "application/problem+json";

    /// <summary>The value, the problem, or why it is neither.</summary>
    public static Answer<T> JudgeAnswer<T>(int status, MediaTypeHeaderValue? type, ReadOnlySpan<byte> body, ExpectedAnswer<T> expected)
        where T : class
    {
        if (status == 204 && expected.MayBeEmpty) return default;
        if (status is >= 400 and < 600) return JudgeProblem(status, type, body, expected);
        if (status != 200 || !HasMediaType(type, Json)) return new(null, null, CreateForeign(status, type));
        if (ReadBody(body, expected.ReadBody) is not { } value || !expected.Fits(value)) return new(null, null, CreateIncomplete(status));
        return expected.NamesSession(value) ? new(value, null) : new(null, null, CreateIncomplete(status) with { FitsOlderServer = true });
    }

    /// <summary>The problem; null when the answer is none of ours.</summary>
    public static Problem? FindProblem(int status, MediaTypeHeaderValue? type, ReadOnlySpan<byte> body)
    {
        if (!HasMediaType(type, ProblemJson)) return null;
        var problem = ReadBody(body, json => JsonSerializer.Deserialize(json, ProtocolJson.Lenient.Problem));
        var ours = problem is not null && problem.Status == status && problem.Type.StartsWith(OurTypes, StringComparison.Ordinal);
        return ours ? problem : null;
    }

    /// <summary>Why an answer is not believed that is not of our media types.</summary>
    public static ForeignAnswer CreateForeign(int status, MediaTypeHeaderValue? type) =>
        new(status, string.Create(
            CultureInfo.InvariantCulture, $"something that is no OpenClaw server answered {status} ({FormatMediaType(type)})"));

    private static Answer<T> JudgeProblem<T>(int status, MediaTypeHeaderValue? type, ReadOnlySpan<byte> body, ExpectedAnswer<T> expected)
        where T : class
    {
        if (FindProblem(status, type, body) is not { } problem) return new(null, null, CreateForeign(status, type));
        if (expected.IsAbout(problem)) return new(null, problem);
        var answered = string.Create(CultureInfo.InvariantCulture, $"an OpenClaw server answered {status}");
        return new(null, null, new(status, $"{answered}, and not about this attempt: {problem.Error}"));
    }

    private static ForeignAnswer CreateIncomplete(int status) => new(status, "the answer is not the one to this request, or not whole");

    private static T? ReadBody<T>(ReadOnlySpan<byte> body, Func<ReadOnlySpan<byte>, T?> read) where T : class
    {
        try
        {
            return read(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool HasMediaType(MediaTypeHeaderValue? type, string name) =>
        string.Equals(type?.MediaType, name, StringComparison.OrdinalIgnoreCase);

    private static string FormatMediaType(MediaTypeHeaderValue? type) => type?.MediaType ?? "without a type";
}
