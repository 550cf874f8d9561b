using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Requests;

/// <summary>Names a place in a body: <c>labels[2]</c>, <c>env.PATH</c>, <c>body</c> for the whole.</summary>
internal static class JsonLocation
{
    private const int Longest = 100;

    /// <summary>The place of the token that begins at a byte. Slow; asked only about a body that is refused.</summary>
    public static string FormatPath(ReadOnlySpan<byte> body, long start)
    {
        var levels = new Stack<(string? Name, int Index)>();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonInspection.MaxDepth });
        while (reader.Read() && reader.TokenStartIndex < start)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: levels.Push((null, -1)); break;
                case JsonTokenType.StartArray: levels.Push((null, 0)); break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    levels.Pop();
                    AdvanceIndex(levels);
                    break;
                case JsonTokenType.PropertyName:
                    levels.Pop();
                    levels.Push((Encoding.UTF8.GetString(reader.ValueSpan), -1));
                    break;
                default: AdvanceIndex(levels); break;
            }
        }
        return FormatLevels(levels.Reverse());
    }

    /// <summary>The serializer's <c>$.labels[2]</c> in our form.</summary>
    public static string FormatPath(string? path)
    {
        var place = (path ?? "$").TrimStart('$').TrimStart('.');
        return place.Length == 0 ? "body" : EscapeText(place);
    }

    /// <summary>Client's text in an answer: cut, without anything a terminal would obey, and without a token that got into it.</summary>
    public static string EscapeText(string text)
    {
        if (text.IndexOf(TokenForm.Prefix, StringComparison.Ordinal) is var token and >= 0)
            return $"{EscapeText(text[..token])}{TokenForm.Prefix}...";
        var shown = new StringBuilder();
        foreach (var c in text.Length > Longest ? text[..Longest] : text) shown.Append(IsVisible(c) ? c : '?');
        return shown.ToString();
    }

    private static bool IsVisible(char c) =>
        !char.IsControl(c) && !char.IsSurrogate(c) && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.Format;

    private static void AdvanceIndex(Stack<(string? Name, int Index)> levels)
    {
        if (levels.TryPop(out var level)) levels.Push(level.Index < 0 ? level : (null, level.Index + 1));
    }

    private static string FormatLevels(IEnumerable<(string? Name, int Index)> levels)
    {
        var text = new StringBuilder();
        foreach (var (name, index) in levels)
        {
            if (index >= 0) text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            else if (name is not null) text.Append(text.Length == 0 ? "" : ".").Append(name);
        }
        return text.Length == 0 ? "body" : EscapeText(text.ToString());
    }
}
