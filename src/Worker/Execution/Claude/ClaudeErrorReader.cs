using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>What Claude Code says of the API, by its fields and never by its sentences. Pure.</summary>
internal static class ClaudeErrorReader
{
    /// <summary>
    /// A line that says the API is asked again. Without a status there was no answer: a network that is away, or a stream cut.
    /// </summary>
    public static ModelApiError ReadRetry(ClaudeOutput said)
    {
        var sentence =
            $"{DescribeError(said)}{(said.ErrorStatus is { } code ? $" ({code})" : "")}, try {said.Attempt} of {said.MaxRetries}";
        var trouble = said.ErrorStatus is { } status
            ? ModelApiError.FromStatus(status, sentence)
            : new ModelApiError(ModelApiError.Unreachable, sentence);
        return trouble with { RetryAfter = TimeSpan.FromMilliseconds(Math.Clamp(said.RetryDelayMs ?? 0, 0, 86_400_000)) };
    }

    /// <summary>A message in the model's place that the program wrote itself.</summary>
    public static ModelApiError ReadMessage(ClaudeOutput said) =>
        new(ChooseReason(said), said.Message?.FirstText() ?? DescribeError(said)) { ServerAnswered = said.ApiErrorStatus is not null };

    /// <summary>The end of a part; null when the API has nothing to do with how it ended.</summary>
    public static ModelApiError? ReadResult(ClaudeOutput said) =>
        said.IsError && ChooseReason(said) is { } reason
            ? new ModelApiError(reason, said.Result ?? DescribeError(said)) { ServerAnswered = said.ApiErrorStatus is not null }
            : null;

    private static string? ChooseReason(ClaudeOutput said) => said switch
    {
        { ApiErrorStatus: { } status } => ModelApiError.ChooseReason(status),
        { ApiError: "connection_failed" } => ModelApiError.Unreachable,
        { Error: "authentication_failed" } => ModelApiError.NotLoggedIn,
        { Error: "rate_limit" } => ModelApiError.RateLimited,
        { Error: "overloaded" } => ModelApiError.Overloaded,
        _ => null,
    };

    private static string DescribeError(ClaudeOutput said) =>
        said.Error is { } word and not "unknown" ? word : said.ErrorStatus is null ? "the API can't be reached" : "the API failed";
}
