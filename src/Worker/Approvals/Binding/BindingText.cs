using System.Globalization;
using OpenClaw.Protocol;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>
/// What a yes is bound to, as its owner is shown it at the PC, for whoever decides elsewhere: escaped, and no longer than the server takes.
/// </summary>
internal static class BindingText
{
    private const string Cut = " [...] ";

    /// <summary>A line for each file.</summary>
    public static string[] ListLines(WorkBinding binding)
    {
        string[] lines = [.. binding.Lines.Select(line => Shorten(TerminalEscaper.Escape(line)))];
        if (lines.Length <= Limits.BoundLines) return lines;
        var more = lines.Length - Limits.BoundLines + 1;
        return [.. lines.Take(Limits.BoundLines - 1), string.Create(CultureInfo.InvariantCulture, $"and {more} more, which the PC shows")];
    }

    /// <summary>Why the files are not all of what would run; null: they are.</summary>
    public static string? DescribeOpen(WorkBinding binding) =>
        binding.Unbound is { } why ? Shorten(TerminalEscaper.Escape(why)) : null;

    /// <summary>In the middle: what it is stands at the beginning of a line, and its hash at the end.</summary>
    private static string Shorten(string line)
    {
        if (line.Length <= Limits.BoundLine) return line;
        var half = (Limits.BoundLine - Cut.Length) / 2;
        var (begin, end) = (half, line.Length - half);
        // Not through a character of two parts.
        if (char.IsHighSurrogate(line[begin - 1])) begin--;
        if (char.IsLowSurrogate(line[end])) end++;
        return line[..begin] + Cut + line[end..];
    }
}
