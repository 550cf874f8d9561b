using System.Text;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>The first line of a script, which names its interpreter.</summary>
internal static class Shebang
{
    /// <summary>The kernel reads no more of it.</summary>
    public const int MaxLength = 256;

    /// <summary>Interpreter, and its argument where there is one; null: the file begins otherwise. Pure.</summary>
    public static string[]? ReadWords(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("#!"u8)) return null;
        var line = start[2..];
        if (line.IndexOf((byte)'\n') is >= 0 and var end) line = line[..end];
        // The kernel hands over all that stands behind the interpreter as one argument.
        var words = Encoding.UTF8.GetString(line).Trim().Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
        return words[0].Length == 0 ? null : words;
    }
}
