using System.Buffers.Binary;

namespace OpenClaw.Worker.Masking;

/// <summary>
/// Finds any of many byte strings in a text, each of at least <see cref="KeyLength"/> bytes. The method is Wu and Manber's: the last three
/// bytes of a window of eight say how far the next place is at which one of them may begin, so that most bytes are never looked at.
/// Immutable.
/// </summary>
internal sealed class SecretPatterns
{
    /// <summary>Bytes of the shortest pattern, by whose first bytes a place is found.</summary>
    public const int KeyLength = 8;

    private const int TableBits = 16;
    private const byte FarthestSkip = KeyLength - 2;
    private readonly Dictionary<ulong, byte[][]> byKey;
    private readonly HashSet<ulong> beginnings;
    private readonly byte[] skips = new byte[1 << TableBits];

    private SecretPatterns(IReadOnlySet<string> values)
    {
        Values = values;
        var forms = values.SelectMany(SecretEncodings.ListForms).Where(form => form.Length >= KeyLength)
            .DistinctBy(Convert.ToHexString).ToArray();
        byKey = forms.GroupBy(form => ReadKey(form, 0)).ToDictionary(group => group.Key, group => group.ToArray());
        beginnings = forms.SelectMany(form => Enumerable.Range(1, KeyLength - 1).Select(length => PackBeginning(form.AsSpan(0, length))))
            .ToHashSet();
        Array.Fill(skips, FarthestSkip);
        foreach (var form in forms)
        {
            for (var at = 0; at < FarthestSkip; at++)
            {
                ref var skip = ref skips[HashGram(BinaryPrimitives.ReadUInt32LittleEndian([form[at], form[at + 1], form[at + 2], 0]))];
                skip = Math.Min(skip, (byte)(FarthestSkip - 1 - at));
            }
        }
    }

    public static SecretPatterns None { get; } = new(new HashSet<string>());

    /// <summary>The secrets in whose forms it looks.</summary>
    public IReadOnlySet<string> Values { get; }

    public bool IsEmpty => byKey.Count == 0;

    public static SecretPatterns Compile(IReadOnlySet<string> values) => values.Count == 0 ? None : new SecretPatterns(values);

    /// <summary>The next place, from one on, at which the first bytes of a pattern stand; -1: there is none.</summary>
    public int FindCandidate(ReadOnlySpan<byte> text, int from)
    {
        while (from <= text.Length - KeyLength)
        {
            var skip = skips[HashGram(BinaryPrimitives.ReadUInt32LittleEndian(text[(from + KeyLength - 4)..]) >> 8)];
            if (skip > 0)
                from += skip;
            else if (byKey.ContainsKey(ReadKey(text, from)))
                return from;
            else
                from++;
        }
        return -1;
    }

    /// <summary>
    /// At a candidate: the length of the longest pattern that stands there whole, 0 for none; and whether the text ends within a longer
    /// one.
    /// </summary>
    public (int Length, bool EndsWithin) MatchAt(ReadOnlySpan<byte> text, int at)
    {
        var rest = text[at..];
        var (length, within) = (0, false);
        foreach (var pattern in byKey[ReadKey(text, at)])
        {
            if (pattern.Length <= rest.Length)
                length = rest.StartsWith(pattern) ? Math.Max(length, pattern.Length) : length;
            else
                within |= pattern.AsSpan().StartsWith(rest);
        }
        return (length, within);
    }

    /// <summary>
    /// Where in its last bytes, fewer than <see cref="KeyLength"/>, the text may begin a pattern; its length when it does not.
    /// </summary>
    public int FindBeginning(ReadOnlySpan<byte> text)
    {
        for (var at = Math.Max(0, text.Length - KeyLength + 1); at < text.Length; at++)
        {
            if (beginnings.Contains(PackBeginning(text[at..]))) return at;
        }
        return text.Length;
    }

    /// <summary>How many of the text's first bytes are the end of a pattern, at least <see cref="KeyLength"/>; 0: they are not.</summary>
    public int MatchEnding(ReadOnlySpan<byte> text)
    {
        var longest = 0;
        foreach (var pattern in byKey.Values.SelectMany(forms => forms))
        {
            for (var length = Math.Min(pattern.Length, text.Length); length >= KeyLength && length > longest; length--)
            {
                if (pattern.AsSpan().EndsWith(text[..length])) longest = length;
            }
        }
        return longest;
    }

    private static ulong ReadKey(ReadOnlySpan<byte> text, int at) => BinaryPrimitives.ReadUInt64LittleEndian(text[at..]);

    private static uint HashGram(uint gram) => (gram * 2_654_435_761u) >> (32 - TableBits);

    private static ulong PackBeginning(ReadOnlySpan<byte> bytes)
    {
        var packed = (ulong)bytes.Length << 56;
        for (var i = 0; i < bytes.Length; i++)
            packed |= (ulong)bytes[i] << (8 * i);
        return packed;
    }
}
