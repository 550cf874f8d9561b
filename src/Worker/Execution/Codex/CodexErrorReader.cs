using System.Globalization;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>
/// What an error of Codex says of the API. It has no fields for that, only a sentence whose beginning is Codex' own; what the server said
/// comes after it and counts for nothing. Pure.
/// </summary>
internal static class CodexErrorReader
{
    private const string Again = "Reconnecting...";

    private static readonly (string Start, string? Reason)[] Sentences =
    [
        ("Connection failed", ModelApiError.Unreachable),
        ("rate limit exceeded", ModelApiError.RateLimited),
        ("Quota exceeded", ModelApiError.RateLimited),
        ("You've hit your usage limit", ModelApiError.RateLimited),
        ("We're currently experiencing high demand", ModelApiError.Overloaded),
        ("Selected model is at capacity", ModelApiError.Overloaded),
        ("Missing environment variable", ModelApiError.NotLoggedIn),
        ("Failed to refresh token", ModelApiError.NotLoggedIn),
        ("Your ChatGPT credential expired", ModelApiError.NotLoggedIn),
    ];

    /// <summary>What an error's message says; the same inside "Reconnecting... 1/5 (...)" and "waiting for network (...)".</summary>
    public static ModelApiError ReadMessage(string message)
    {
        var again = message.StartsWith(Again, StringComparison.Ordinal);
        var open = message.IndexOf('(', StringComparison.Ordinal);
        var text = (again && open >= 0 ? message[(open + 1)..] : message).Replace('\u2019', '\'');
        var apiError = ParseStatus(text) is { } status
            ? ModelApiError.FromStatus(status, message)
            : new ModelApiError(Sentences.FirstOrDefault(known => text.StartsWith(known.Start, StringComparison.Ordinal)).Reason, message);
        return apiError with
        {
            ServerAnswered = apiError.ServerAnswered || apiError.Reason is not (null or ModelApiError.Unreachable),
            RetryAfter = again ? TimeSpan.Zero : null,
        };
    }

    /// <summary>"unexpected status 401 Unauthorized: ..." or "exceeded retry limit, last status: 429 Too Many Requests".</summary>
    private static int? ParseStatus(string text)
    {
        foreach (var start in new[] { "unexpected status ", "exceeded retry limit, last status: " })
        {
            if (text.StartsWith(start, StringComparison.Ordinal) && text.Length >= start.Length + 3
                && int.TryParse(text.AsSpan(start.Length, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                return status;
        }
        return null;
    }
}
