using System.Globalization;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>
/// What an error of Codex says of the API. It has no fields for that, only a sentence whose beginning is Codex' own; what the server said
/// comes after it and counts for nothing. Pure.
/// </summary>
internal static class CodexTrouble
{
    private const string Again = "Reconnecting...";

    private static readonly (string Start, string? Reason)[] Sentences =
    [
        ("Connection failed", ApiTrouble.Unreachable),
        ("rate limit exceeded", ApiTrouble.RateLimited),
        ("Quota exceeded", ApiTrouble.RateLimited),
        ("You've hit your usage limit", ApiTrouble.RateLimited),
        ("We're currently experiencing high demand", ApiTrouble.Overloaded),
        ("Selected model is at capacity", ApiTrouble.Overloaded),
        ("Missing environment variable", ApiTrouble.NotLoggedIn),
        ("Failed to refresh token", ApiTrouble.NotLoggedIn),
        ("Your ChatGPT credential expired", ApiTrouble.NotLoggedIn),
    ];

    /// <summary>What an error's message says; the same inside "Reconnecting... 1/5 (...)" and "waiting for network (...)".</summary>
    public static ApiTrouble ReadMessage(string message)
    {
        var again = message.StartsWith(Again, StringComparison.Ordinal);
        var open = message.IndexOf('(', StringComparison.Ordinal);
        var said = (again && open >= 0 ? message[(open + 1)..] : message).Replace('\u2019', '\'');
        var trouble = Status(said) is { } status
            ? ApiTrouble.FromStatus(status, message)
            : new ApiTrouble(Sentences.FirstOrDefault(known => said.StartsWith(known.Start, StringComparison.Ordinal)).Reason, message);
        return trouble with
        {
            Answered = trouble.Answered || trouble.Reason is not (null or ApiTrouble.Unreachable),
            AskedAgainIn = again ? TimeSpan.Zero : null,
        };
    }

    /// <summary>"unexpected status 401 Unauthorized: ..." or "exceeded retry limit, last status: 429 Too Many Requests".</summary>
    private static int? Status(string said)
    {
        foreach (var start in new[] { "unexpected status ", "exceeded retry limit, last status: " })
        {
            if (said.StartsWith(start, StringComparison.Ordinal) && said.Length >= start.Length + 3
                && int.TryParse(said.AsSpan(start.Length, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                return status;
        }
        return null;
    }
}
