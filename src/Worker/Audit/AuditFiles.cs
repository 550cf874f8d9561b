using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenClaw.Worker.Attempts;

namespace OpenClaw.Worker.Audit;

/// <summary>Where the chain ends: the number of the last row and the SHA-256 of its line.</summary>
internal readonly record struct ChainEnd(long Seq, string Hash)
{
    public static readonly ChainEnd Start = new(0, new string('0', 64));

    public static string ComputeHash(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));
}

/// <summary>
/// The files of the log: <c>audit-NNNNNN.jsonl</c> in order, and <c>head</c>, which says where the chain ends, so that rows cut off the end
/// are missed. Reading them needs no daemon.
/// </summary>
internal sealed class AuditFiles(string folder)
{
    private const string Prefix = "audit-";
    private const string Suffix = ".jsonl";
    /// <summary>Longer than any row can be.</summary>
    private const int LongestLine = 16 * 1024;
    private const int HeadLength = 19 + 1 + 64 + 1;

    /// <summary>In the order in which they were written.</summary>
    public IReadOnlyList<string> Paths => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder, Prefix + "*" + Suffix).Where(path => ParseFileNumber(path) > 0).OrderBy(ParseFileNumber),
    ];

    public string HeadPath => Path.Combine(folder, "head");

    private string StartPath => Path.Combine(folder, "start");

    public string GetPath(long number) => Path.Combine(folder, Prefix + number.ToString("D6", CultureInfo.InvariantCulture) + Suffix);

    public static long ParseFileNumber(string path)
    {
        var name = Path.GetFileName(path);
        return long.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None,
            CultureInfo.InvariantCulture, out var number)
            ? number : 0;
    }

    /// <summary>Every line of a file, without its end; the last may be torn.</summary>
    public static IEnumerable<(byte[] Line, bool Whole)> ReadLines(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var buffered = new BufferedStream(stream, 64 * 1024);
        var line = new List<byte>(512);
        for (var next = buffered.ReadByte(); next >= 0; next = buffered.ReadByte())
        {
            if (next != '\n')
            {
                line.Add((byte)next);
                continue;
            }
            yield return ([.. line], true);
            line.Clear();
        }
        if (line.Count > 0) yield return ([.. line], false);
    }

    /// <summary>The last whole line of a file, and how long the file is with it: what comes behind is torn.</summary>
    public static (byte[]? Line, long Length) ReadTail(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var size = (int)Math.Min(stream.Length, LongestLine * 2);
        var from = stream.Length - size;
        stream.Position = from;
        var bytes = new byte[size];
        stream.ReadExactly(bytes);
        var last = bytes.AsSpan().LastIndexOf((byte)'\n');
        if (last < 0) return (null, 0);
        var before = bytes.AsSpan(0, last).LastIndexOf((byte)'\n');
        return (bytes[(before + 1)..last], from + last + 1);
    }

    /// <summary>Null: there is none, or it is torn.</summary>
    public ChainEnd? ReadHead() =>
        ReadWords(HeadPath) is [var seq, { Length: 64 } hash] && ParseNumber(seq) is { } rows ? new ChainEnd(rows, hash) : null;

    /// <summary>
    /// Where what is kept begins: the last row that was removed because the log had grown too long, and the number of the first file behind
    /// it. The rows that follow prove that row: the first of them holds its hash.
    /// </summary>
    public (ChainEnd End, long File) ReadStart() =>
        ReadWords(StartPath) is [var seq, { Length: 64 } hash, var file] && ParseNumber(seq) is { } rows && ParseNumber(file) is { } first
            ? (new ChainEnd(rows, hash), first) : (ChainEnd.Start, 1);

    /// <summary>
    /// Removes the oldest files until so many are left. Where it begins is written first: a file that a crash left behind that is no part
    /// of the chain any more, and goes the next time.
    /// </summary>
    public void KeepNewest(int most)
    {
        var paths = Paths;
        foreach (var path in paths.Take(paths.Count - most))
        {
            var begins = ParseFileNumber(path) + 1;
            if (begins > ReadStart().File && ReadTail(path).Line is { } line && AuditReader.ParseRow(line) is { } row)
            {
                var start = string.Create(CultureInfo.InvariantCulture, $"{row.Seq} {ChainEnd.ComputeHash(line)} {begins}\n");
                DurableFile.Write(StartPath, Encoding.ASCII.GetBytes(start));
            }
            if (begins > ReadStart().File)
                return; // What can't be read is left for its owner to look at.
            File.Delete(path);
        }
    }

    private static long? ParseNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string[] ReadWords(string path)
    {
        if (!File.Exists(path)) return [];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return reader.ReadToEnd().TrimEnd('\n').Split(' ');
    }

    /// <summary>One line of one length, so that it is overwritten in place.</summary>
    public static byte[] FormatHead(ChainEnd end)
    {
        var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{end.Seq:D19} {end.Hash}\n"));
        return line.Length == HeadLength ? line : throw new InvalidOperationException("the head of the audit log has another length");
    }
}
