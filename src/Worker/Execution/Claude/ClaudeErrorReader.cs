using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>What Claude Code says of the API, by its fields and never by its sentences. Pure.</summary>
internal static class ClaudeErrorReader
{
    /// <summary>
    /// A line that says the API is asked again. Without a status there was no answer: a network that is away, or a stream cut.
    /// </summary>
    public static ModelApiError ReadRetry(ClaudeOutput line)
    {
        var sentence =
            $"{DescribeError(line)}{(line.ErrorStatus is { } code ? $" ({code})" : "")}, try {line.Attempt} of {line.MaxRetries}";
        var apiError = line.ErrorStatus is { } status
            ? ModelApiError.FromStatus(status, sentence)
            : new ModelApiError(ModelApiError.Unreachable, sentence);
        return apiError with { RetryAfter = TimeSpan.FromMilliseconds(Math.Clamp(line.RetryDelayMs ?? 0, 0, 86_400_000)) };
    }

    /// <summary>A message in the model's place that the program wrote itself.</summary>
    public static ModelApiError ReadMessage(ClaudeOutput line) =>
        new(ChooseReason(line), line.Message?.FirstText() ?? DescribeError(line)) { ServerAnswered = line.ApiErrorStatus is not null };

    /// <summary>The end of a part; null when the API has nothing to do with how it ended.</summary>
    public static ModelApiError? ReadResult(ClaudeOutput line) =>
        line.IsError && ChooseReason(line) is { } reason
            ? new ModelApiError(reason, line.Result ?? DescribeError(line)) { ServerAnswered = line.ApiErrorStatus is not null }
            : null;

    private static string? ChooseReason(ClaudeOutput line) => line switch
    {
        { ApiErrorStatus: { } status } => ModelApiError.ChooseReason(status),
        { ApiError: "connection_failed" } => ModelApiError.Unreachable,
        { Error: "authentication_failed" } => ModelApiError.NotLoggedIn,
        { Error: "rate_limit" } => ModelApiError.RateLimited,
        { Error: "overloaded" } => ModelApiError.Overloaded,
        _ => null,
    };

    private static string DescribeError(ClaudeOutput line) =>
        line.Error is { } word and not "unknown" ? word : line.ErrorStatus is null ? "the API can't be reached" : "the API failed";
}
