using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Gemini;

/// <summary>What Gemini CLI says of the API: each failed try on its standard error, the last one in its result. Pure.</summary>
internal static class GeminiErrorReader
{
    private const string Try = "Attempt ", Failed = " failed", WithStatus = " failed with status ", ApiError = "[API Error: ";

    /// <summary>A line of its standard error that says it asks again; null for any other.</summary>
    public static ModelApiError? ReadErrorLine(string line)
    {
        if (!line.StartsWith(Try, StringComparison.Ordinal) || !line.Contains("Retrying", StringComparison.Ordinal)) return null;
        var number = line.AsSpan(Try.Length).IndexOfAnyExceptInRange('0', '9');
        if (number <= 0) return null;
        var text = line.AsSpan(Try.Length + number);
        if (!text.StartsWith(Failed)) return null;
        var sentence = line.Length <= 300 ? line : line[..300];
        // A server's own wish when to be asked again stands for a limit of its rate; without a status nobody answered.
        var apiError = ParseStatus(text) is { } status ? ModelApiError.FromStatus(status, sentence)
            : text.StartsWith(" failed: ") ? new ModelApiError(ModelApiError.RateLimited, sentence) { ServerAnswered = true }
            : new ModelApiError(ModelApiError.Unreachable, sentence);
        return apiError with { RetryAfter = ParseRetryDelay(line) };
    }

    /// <summary>The error of a result; null when it has no status.</summary>
    public static ModelApiError? ReadResult(string message)
    {
        if (!message.StartsWith(ApiError, StringComparison.Ordinal)) return null;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(message[ApiError.Length..]));
            using var json = JsonDocument.ParseValue(ref reader);
            return JsonLine.ReadObject(json.RootElement, "error") is { } error
                && JsonLine.ReadNumber(error, "code") is >= 400 and <= 599 and var status
                ? ModelApiError.FromStatus((int)status, JsonLine.ReadString(error, "message") ?? message)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The word of an exit code: some are the CLI's own, others an HTTP status modulo 256.</summary>
    public static string? ReadExitCode(int code) => code switch
    {
        41 or (401 - 256) or (403 - 256) => ModelApiError.NotLoggedIn,
        429 - 256 => ModelApiError.RateLimited,
        503 - 256 => ModelApiError.Overloaded,
        53 => "max-turns",
        _ => null,
    };

    private static int? ParseStatus(ReadOnlySpan<char> text) =>
        text.StartsWith(" failed with 429 ") ? 429
        : text.StartsWith(" failed with 5xx ") ? 500
        : text.StartsWith(WithStatus) && text.Length >= WithStatus.Length + 3
            && int.TryParse(text.Slice(WithStatus.Length, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status
        : null;

    private static TimeSpan ParseRetryDelay(string line)
    {
        const string after = "Retrying after ";
        var at = line.LastIndexOf(after, StringComparison.Ordinal);
        if (at < 0) return TimeSpan.Zero;
        var rest = line.AsSpan(at + after.Length);
        var end = rest.IndexOf("ms", StringComparison.Ordinal);
        return end > 0 && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            ? TimeSpan.FromMilliseconds(ms)
            : TimeSpan.Zero;
    }
}
