using System.Buffers;

namespace OpenClaw.Protocol;

/// <summary>Names of workers, labels and kinds: <c>[a-z0-9][a-z0-9-]{0,62}</c>. Nothing a person could mistake for another.</summary>
public static class Names
{
    /// <summary>Longest name.</summary>
    public const int MaxLength = 63;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>True for a well-formed name.</summary>
    public static bool IsName(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLength && text[0] != '-' && !text.ContainsAnyExcept(Letters);

    /// <summary>
    /// True for a label a task may require: a name, or <c>os:</c> or <c>arch:</c> and a name. The other labels with a colon
    /// belong to the server.
    /// </summary>
    public static bool IsRequirable(ReadOnlySpan<char> label)
    {
        if (label.StartsWith("os:", StringComparison.Ordinal)) return IsName(label[3..]);
        if (label.StartsWith("arch:", StringComparison.Ordinal)) return IsName(label[5..]);
        return IsName(label);
    }
}
