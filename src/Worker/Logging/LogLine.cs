using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Worker.Logging;

/// <summary>One line of the log: when, how bad, which event, a sentence, and the ids it is about.</summary>
internal sealed record LogLine(DateTimeOffset Time, string Level, string Event, string Message)
{
    /// <summary>Longest sentence; an error brings its stack.</summary>
    public const int Longest = 8192;

    public string? Attempt { get; init; }
    public string? Session { get; init; }

    /// <summary><c>ResultTaken</c> is the event <c>result-taken</c>.</summary>
    public static string ToEventName(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }

    /// <summary>For people; control characters are shown, not sent to the terminal.</summary>
    public string ToText() =>
        $"{FormatTime()} {string.Concat(CutMessage().Select(c => IsPrintable(c) ? c.ToString() : $"\\u{(int)c:x4}"))}";

    /// <summary>One line of JSON; the encoder escapes every control character.</summary>
    public string ToJson() =>
        JsonSerializer.Serialize(new LogJson(FormatTime(), Level, Event, CutMessage(), Attempt, Session), LogJsonContext.Default.LogJson);

    private static bool IsPrintable(char c) => c == '\n' || !(char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format);

    private string FormatTime() => Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private string CutMessage() => Message.Length <= Longest ? Message : $"{Message.AsSpan(0, Longest)} [...]";
}

/// <summary>The form on disk.</summary>
internal sealed record LogJson(string Time, string Level, string Event, string Message, string? Attempt, string? Session);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogJson))]
internal sealed partial class LogJsonContext : JsonSerializerContext;
