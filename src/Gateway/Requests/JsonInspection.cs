using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Requests;

/// <summary>
/// One pass over a body before it becomes objects: syntax, encoding, text that can't be stored, numbers that can't be held. It sees
/// the parts that stay sealed JSON, too.
/// </summary>
internal static class JsonInspection
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    public const int MaxDepth = 32;

    /// <summary>The first error; null when there is none.</summary>
    public static FieldError? FindError(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return new("body", "is empty");
        if (body is [0xEF, 0xBB, 0xBF, ..]) return new("body", "must not begin with a byte order mark");
        if (!Utf8.IsValid(body)) return new("body", "must be valid UTF-8");
        var reader = new Utf8JsonReader(body, Options);
        try
        {
            var first = true;
            while (reader.Read())
            {
                if (first && reader.TokenType != JsonTokenType.StartObject) return new("body", "must be an object");
                first = false;
                if (FindTokenError(ref reader) is { } error) return new(JsonLocation.FormatPath(body, reader.TokenStartIndex), error);
            }
            return null;
        }
        catch (JsonException error)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}");
            return new("body", $"is not one JSON object of at most {MaxDepth} levels without comments: {place}");
        }
    }

    private static string? FindTokenError(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped => FindTextError(reader.ValueSpan),
        JsonTokenType.Number when !reader.TryGetDouble(out var number) || !double.IsFinite(number) =>
            "must be a number that a double can hold",
        _ => null,
    };

    /// <summary>Unpaired surrogates and U+0000 exist only as escapes: the raw bytes are valid UTF-8 without control characters.</summary>
    private static string? FindTextError(ReadOnlySpan<byte> escaped)
    {
        var high = false;
        for (var i = 0; i < escaped.Length; i++)
        {
            var unit = -1;
            if (escaped[i] == '\\' && escaped[++i] == 'u')
            {
                unit = Convert.ToInt32(Encoding.ASCII.GetString(escaped.Slice(i + 1, 4)), 16);
                i += 4;
            }
            if (unit == 0) return "must not contain U+0000; bytes travel as base64";
            var low = unit is >= 0xDC00 and <= 0xDFFF;
            if (low != high) return "must not contain half of a surrogate pair";
            high = unit is >= 0xD800 and <= 0xDBFF;
        }
        return high ? "must not contain half of a surrogate pair" : null;
    }
}
