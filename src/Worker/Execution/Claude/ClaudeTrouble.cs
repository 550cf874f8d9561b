using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>What Claude Code says of the API, by its fields and never by its sentences. Pure.</summary>
internal static class ClaudeTrouble
{
    /// <summary>
    /// A line that says the API is asked again. Without a status there was no answer: a network that is away, or a stream cut.
    /// </summary>
    public static ApiTrouble ReadRetry(ClaudeOutput said)
    {
        var sentence = $"{ChooseWord(said)}{(said.ErrorStatus is { } code ? $" ({code})" : "")}, try {said.Attempt} of {said.MaxRetries}";
        var trouble = said.ErrorStatus is { } status
            ? ApiTrouble.FromStatus(status, sentence)
            : new ApiTrouble(ApiTrouble.Unreachable, sentence);
        return trouble with { AskedAgainIn = TimeSpan.FromMilliseconds(Math.Clamp(said.RetryDelayMs ?? 0, 0, 86_400_000)) };
    }

    /// <summary>A message in the model's place that the program wrote itself.</summary>
    public static ApiTrouble ReadMessage(ClaudeOutput said) =>
        new(ChooseReason(said), said.Message?.FirstText() ?? ChooseWord(said)) { Answered = said.ApiErrorStatus is not null };

    /// <summary>The end of a part; null when the API has nothing to do with how it ended.</summary>
    public static ApiTrouble? ReadResult(ClaudeOutput said) =>
        said.IsError && ChooseReason(said) is { } reason
            ? new ApiTrouble(reason, said.Result ?? ChooseWord(said)) { Answered = said.ApiErrorStatus is not null }
            : null;

    private static string? ChooseReason(ClaudeOutput said) => said switch
    {
        { ApiErrorStatus: { } status } => ApiTrouble.ChooseReason(status),
        { ApiError: "connection_failed" } => ApiTrouble.Unreachable,
        { Error: "authentication_failed" } => ApiTrouble.NotLoggedIn,
        { Error: "rate_limit" } => ApiTrouble.RateLimited,
        { Error: "overloaded" } => ApiTrouble.Overloaded,
        _ => null,
    };

    private static string ChooseWord(ClaudeOutput said) =>
        said.Error is { } word and not "unknown" ? word : said.ErrorStatus is null ? "the API can't be reached" : "the API failed";
}
