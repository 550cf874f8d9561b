namespace OpenClaw.Gateway.Notifications;

/// <summary>Cuts a text into messages the chat service takes. Pure.</summary>
internal static class MessageParts
{
    /// <summary>Discord's limit, characters.</summary>
    public const int Longest = 2_000;

    /// <summary>
    /// Parts of at most <see cref="Longest"/>, cut at the end of a line where there is one in the second half, never inside a
    /// character. Joined they are the text, but for parts that would be blank: the service refuses those.
    /// </summary>
    public static IEnumerable<string> SplitText(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = GetPartLength(text.AsSpan(at));
            var part = text.Substring(at, length);
            if (!string.IsNullOrWhiteSpace(part)) yield return part;
            at += length;
        }
    }

    private static int GetPartLength(ReadOnlySpan<char> rest)
    {
        if (rest.Length <= Longest) return rest.Length;
        var line = rest[..Longest].LastIndexOf('\n') + 1;
        if (line > Longest / 2) return line;
        return char.IsHighSurrogate(rest[Longest - 1]) ? Longest - 1 : Longest;
    }
}
