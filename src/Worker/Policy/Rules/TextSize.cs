using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// Bytes in UTF-8 of a JSON text, counted where it stands: it may be megabytes, and is looked at before it is known to be wanted.
/// </summary>
internal static class TextSize
{
    private const int EscapedUnit = 6;

    /// <summary>The element is a string. Half a surrogate pair counts 2.</summary>
    public static long CountBytes(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        long bytes = 0;
        for (int at; (at = raw.IndexOf((byte)'\\')) >= 0;)
        {
            var unit = raw[at + 1] == 'u';
            bytes += at + (unit ? CountUnitBytes(raw.Slice(at + 2, 4)) : 1);
            raw = raw[(at + (unit ? EscapedUnit : 2))..];
        }
        return bytes + raw.Length;
    }

    /// <summary>Of a pair each half counts 2: together they are the 4 bytes of the character.</summary>
    private static int CountUnitBytes(ReadOnlySpan<byte> hex)
    {
        var unit = (char)ushort.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return char.IsSurrogate(unit) ? 2 : new Rune(unit).Utf8SequenceLength;
    }
}
