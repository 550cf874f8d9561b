using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices.Marshalling;
using System.Text;

namespace OpenClaw.Worker.FileSystems;

/// <summary>
/// Names of files as Unix has them: bytes, which need be no text. In a string a byte that is none of UTF-8 stands as the surrogate
/// U+DC00 + byte, which no text has alone, so each name has one string and gives its bytes back.
/// </summary>
internal static class FileName
{
    private const char FirstByte = '\uDC80', LastByte = '\uDCFF', Offset = '\uDC00';

    public static string Decode(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        Span<char> units = stackalloc char[2];
        while (!name.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(name, out var rune, out var taken);
            if (status == OperationStatus.Done)
            {
                text.Append(units[..rune.EncodeToUtf16(units)]);
            }
            else
            {
                foreach (var one in name[..taken]) text.Append((char)(Offset + one));
            }
            name = name[taken..];
        }
        return text.ToString();
    }

    /// <summary>The bytes of a name or path.</summary>
    public static byte[] Encode(string name)
    {
        if (IsText(name)) return Encoding.UTF8.GetBytes(name);
        var bytes = new ArrayBufferWriter<byte>(name.Length);
        for (var at = 0; at < name.Length;)
        {
            var status = Rune.DecodeFromUtf16(name.AsSpan(at), out var rune, out var taken);
            if (status != OperationStatus.Done && name[at] is >= FirstByte and <= LastByte)
                bytes.Write([(byte)(name[at] - Offset)]);
            else
                bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            at += taken;
        }
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>True for a name that is text, as nearly all are.</summary>
    public static bool IsText(ReadOnlySpan<char> name)
    {
        for (var rest = name; ;)
        {
            var at = rest.IndexOfAnyInRange('\uD800', '\uDFFF');
            if (at < 0) return true;
            if (Rune.DecodeFromUtf16(rest[at..], out _, out var taken) != OperationStatus.Done) return false;
            rest = rest[(at + taken)..];
        }
    }

    /// <summary>
    /// The name for people and JSON: itself, or with <c>\xff</c> for bytes that are no text, and then <c>\\</c> for a backslash.
    /// </summary>
    public static string Escape(string name)
    {
        if (IsText(name)) return name;
        var text = new StringBuilder(name.Length + 16);
        for (var at = 0; at < name.Length;)
        {
            var status = Rune.DecodeFromUtf16(name.AsSpan(at), out var rune, out var taken);
            if (status != OperationStatus.Done) text.Append(CultureInfo.InvariantCulture, $"\\x{(name[at] - Offset) & 0xFF:x2}");
            else if (name[at] == '\\') text.Append(@"\\");
            else text.Append(rune.ToString());
            at += taken;
        }
        return text.ToString();
    }

    /// <summary>Takes an escaped name back; null when it is none.</summary>
    public static string? Unescape(string escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var at = 0; at < escaped.Length; at++)
        {
            if (escaped[at] != '\\')
            {
                text.Append(escaped[at]);
            }
            else if (escaped.AsSpan(at + 1) is ['\\', ..])
            {
                text.Append('\\');
                at++;
            }
            else if (escaped.AsSpan(at + 1) is ['x', var high, var low, ..]
                && byte.TryParse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var one) && one >= 0x80)
            {
                text.Append((char)(Offset + one));
                at += 3;
            }
            else
            {
                return null;
            }
        }
        return text.ToString();
    }
}

/// <summary>Hands a <see cref="FileName"/> to the system as the bytes it stands for.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(FileNameMarshaller))]
internal static unsafe class FileNameMarshaller
{
    public static byte* ConvertToUnmanaged(string? name)
    {
        if (name is null) return null;
        var bytes = FileName.Encode(name);
        var buffer = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(buffer, bytes.Length));
        buffer[bytes.Length] = 0;
        return buffer;
    }

    public static void Free(byte* name) => System.Runtime.InteropServices.NativeMemory.Free(name);
}
