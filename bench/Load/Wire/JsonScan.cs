using System.Buffers.Text;
using System.Text;

namespace OpenClaw.Load.Wire;

/// <summary>Finds one string field in a small JSON text without parsing it. Enough for the ids this program reads.</summary>
internal static class JsonScan
{
    public static string? Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        var at = json.IndexOf(quotedName);
        if (at < 0) return null;
        var rest = json[(at + quotedName.Length)..];
        var open = rest.IndexOf((byte)'"');
        if (open < 0) return null;
        rest = rest[(open + 1)..];
        var close = rest.IndexOf((byte)'"');
        return close < 0 ? null : Encoding.UTF8.GetString(rest[..close]);
    }

    /// <summary>The clock reading a submit wrote into its command, <c>: stamp-123456</c>: a command that does nothing.</summary>
    public static long? Stamp(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf(": stamp-"u8);
        return at >= 0 && Utf8Parser.TryParse(json[(at + 8)..], out long stamp, out _) ? stamp : null;
    }
}
