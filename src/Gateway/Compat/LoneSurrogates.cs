using System.Globalization;
using System.Text;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// JavaScript cuts texts between the halves of a character and still sends them: <c>\ud83d</c> alone. Such a half becomes
/// <c>\ufffd</c>, in place, before the text is read as JSON.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    public static void ReplaceAll(Span<byte> json)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) return;
        var high = -1;
        for (var at = 0; at < json.Length;)
        {
            var unit = ReadEscapedUnit(json, at);
            var low = unit is >= 0xDC00 and <= 0xDFFF;
            if (high >= 0 && !low) ReplaceEscape(json, high);
            if (high < 0 && low) ReplaceEscape(json, at);
            high = unit is >= 0xD800 and <= 0xDBFF ? at : -1;
            if (unit >= 0) at += EscapeLength;
            else at += json[at] == '\\' ? 2 : 1;
        }
        if (high >= 0) ReplaceEscape(json, high);
    }

    /// <summary>The UTF-16 unit that is escaped here; -1 when none is.</summary>
    private static int ReadEscapedUnit(ReadOnlySpan<byte> json, int at)
    {
        if (json[at] != '\\' || at + EscapeLength > json.Length || json[at + 1] != 'u') return -1;
        Span<char> digits = stackalloc char[4];
        Encoding.ASCII.GetChars(json.Slice(at + 2, 4), digits);
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? unit : -1;
    }

    private static void ReplaceEscape(Span<byte> json, int at) => "\\ufffd"u8.CopyTo(json[at..]);
}
