using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Protocol.Answers;

/// <summary>What the answer to one request has to hold to be believed.</summary>
/// <param name="read">Reads a whole body; throws JsonException when a member is missing or of a wrong type.</param>
internal sealed class ExpectedAnswer<T>(Func<ReadOnlySpan<byte>, T?> read) where T : class
{
    /// <summary>An answer of this type.</summary>
    public ExpectedAnswer(JsonTypeInfo<T> type) : this(body => JsonSerializer.Deserialize(body, type))
    {
    }

    /// <summary>The values make sense, and those that repeat the request do so.</summary>
    public Func<T, bool> Fits { get; init; } = _ => true;

    /// <summary>The value names the request's session. True for routes that have none, and for servers that name none.</summary>
    public Func<T, bool> NamesSession { get; init; } = _ => true;

    /// <summary>204 is believed: the session is of a server that answers this route so.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>The attempt that a problem has to name; null on routes where it names none.</summary>
    public string? Attempt { get; init; }

    /// <summary>The value of a body.</summary>
    public T? ReadBody(ReadOnlySpan<byte> body) => read(body);

    /// <summary>
    /// A final problem is believed only when it names the attempt: also our server says 404 under a wrong path. What passes by
    /// itself changes nothing and needs no proof. A 413 does not pass: a result is cut short for it.
    /// </summary>
    public bool IsAbout(Problem problem) =>
        Attempt is null || problem.AttemptId == Attempt || problem.Status is 401 or 403 or 408 or 429 or >= 500;
}

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
