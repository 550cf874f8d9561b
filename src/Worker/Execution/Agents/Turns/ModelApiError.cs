namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>Why the model's API gives no answer, as the agent itself says it.</summary>
/// <param name="Reason">A word for programs; null: none but that of the agent's errors in general.</param>
/// <param name="Sentence">The agent's own words.</param>
internal sealed record ModelApiError(string? Reason, string Sentence)
{
    public const string Overloaded = "overloaded";
    public const string RateLimited = "rate-limited";
    public const string NotLoggedIn = "not-logged-in";
    public const string Unreachable = "unreachable";

    /// <summary>The server was reached and refused. False: it was not reached, or that is not known.</summary>
    public bool ServerAnswered { get; init; }

    /// <summary>The API is asked again after this time; null: it is not asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What an HTTP error status of a model's API means.</summary>
    public static ModelApiError FromStatus(int status, string sentence) => new(ChooseReason(status), sentence) { ServerAnswered = true };

    /// <summary>The word for an HTTP status; null: it has none of its own.</summary>
    public static string? ChooseReason(int status) => status switch
    {
        503 or 529 => Overloaded,
        429 => RateLimited,
        401 or 403 => NotLoggedIn,
        _ => null,
    };
}
