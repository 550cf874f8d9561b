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
