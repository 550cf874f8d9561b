using System.Globalization;
using System.Text;
using System.Text.Unicode;
using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution.Files.Archives;

/// <summary>
/// The head of an entry in a tar archive, of POSIX' form (ustar, with pax records for what that has no room for). System.Formats.Tar has no
/// way to say a name that is no text, a year above 9999 or a user above 2,147,483,647, and says something else without a word.
/// </summary>
internal static class TarHeader
{
    public const byte File = (byte)'0', Link = (byte)'2', Folder = (byte)'5';
    /// <summary>Everything in an archive begins at a multiple of this.</summary>
    public const int Block = 512;
    private const byte Extended = (byte)'x';
    private const int LongestName = 100;
    private const long Most7Digits = 2_097_151, Most11Digits = 8_589_934_591;

    /// <summary>The blocks in front of an entry's content.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="path">Its path in the archive, a <see cref="FileName"/>.</param>
    /// <param name="status">Owner, mode and time.</param>
    /// <param name="size">Bytes of content that follow.</param>
    /// <param name="target">What a link says.</param>
    public static byte[] Encode(byte type, string path, FileStatus status, long size, string target = "")
    {
        var (name, link) = (FileName.Encode(path), FileName.Encode(target));
        var records = EncodeRecords(name, link, status, size);
        using var head = new MemoryStream();
        if (records.Length > 0)
        {
            head.Write(EncodeBlock(Extended, "PaxHeaders"u8, [], default, records.Length));
            head.Write(records);
            head.Write(CreatePadding(records.Length));
        }
        head.Write(EncodeBlock(type, name, link, status, size));
        return head.ToArray();
    }

    /// <summary>What is missing behind so many bytes to the next block.</summary>
    public static byte[] CreatePadding(long length) => new byte[(Block - (length % Block)) % Block];

    private static byte[] EncodeRecords(byte[] name, byte[] link, FileStatus status, long size)
    {
        using var records = new MemoryStream();
        // Without it a reader takes names for UTF-8.
        if (!Utf8.IsValid(name) || !Utf8.IsValid(link)) Add("hdrcharset", "BINARY"u8);
        if (!FitsIn(name)) Add("path", name);
        if (!FitsIn(link)) Add("linkpath", link);
        if (size > Most11Digits) Add("size", Ascii($"{size}"));
        if (status.Uid > Most7Digits) Add("uid", Ascii($"{status.Uid}"));
        if (status.Gid > Most7Digits) Add("gid", Ascii($"{status.Gid}"));
        if (status.Changed is not { Seconds: >= 0 and <= Most11Digits, Nanoseconds: 0 }) Add("mtime", Ascii(FormatTime(status.Changed)));
        return records.ToArray();

        void Add(string key, ReadOnlySpan<byte> value) => records.Write(EncodeRecord(key, value));
        static bool FitsIn(byte[] text) => text.Length <= LongestName && Ascii(text);
    }

    /// <summary>A record begins with its own length, which counts.</summary>
    private static byte[] EncodeRecord(string key, ReadOnlySpan<byte> value)
    {
        var rest = Encoding.ASCII.GetByteCount(key) + value.Length + 3;
        var length = rest + 1;
        while (length != rest + Ascii($"{length}").Length) length = rest + Ascii($"{length}").Length;
        return [.. Ascii($"{length} {key}="), .. value, (byte)'\n'];
    }

    private static byte[] EncodeBlock(byte type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, FileStatus status, long size)
    {
        var head = new byte[Block];
        name[..Math.Min(name.Length, LongestName)].CopyTo(head);
        WriteOctal(head.AsSpan(100, 8), (long)status.Mode & 0xFFF);
        WriteOctal(head.AsSpan(108, 8), status.Uid <= Most7Digits ? status.Uid : 0);
        WriteOctal(head.AsSpan(116, 8), status.Gid <= Most7Digits ? status.Gid : 0);
        WriteOctal(head.AsSpan(124, 12), size <= Most11Digits ? size : 0);
        WriteOctal(head.AsSpan(136, 12), Math.Clamp(status.Changed.Seconds, 0, Most11Digits));
        head.AsSpan(148, 8).Fill((byte)' ');
        head[156] = type;
        link[..Math.Min(link.Length, LongestName)].CopyTo(head.AsSpan(157));
        "ustar\000"u8.CopyTo(head.AsSpan(257));
        var sum = head.Sum(one => (long)one);
        WriteOctal(head.AsSpan(148, 7), sum);
        return head;
    }

    /// <summary>Digits, and a zero byte behind them.</summary>
    private static void WriteOctal(Span<byte> field, long number)
    {
        for (var at = field.Length - 2; at >= 0; at--, number >>= 3) field[at] = (byte)('0' + (number & 7));
        field[^1] = 0;
    }

    /// <summary>Seconds with nine places; before 1970 both parts count backwards.</summary>
    private static string FormatTime(FileTime time)
    {
        var (seconds, nanoseconds) = (time.Seconds, time.Nanoseconds);
        if (seconds >= 0 || nanoseconds == 0) return string.Create(CultureInfo.InvariantCulture, $"{seconds}.{nanoseconds:000000000}");
        return string.Create(CultureInfo.InvariantCulture, $"-{-(seconds + 1)}.{1_000_000_000 - nanoseconds:000000000}");
    }

    private static bool Ascii(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)1, (byte)127);

    private static byte[] Ascii(FormattableString text) => Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture));

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
