using System.Globalization;
using System.Text;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>
/// What happens in a turn as lines for people: words as they come, <c>> Bash git status</c> for a tool, and at the end what it cost.
/// </summary>
internal sealed class ProgressText
{
    private const int LongestInput = 300;
    private bool midLine;

    /// <summary>The bytes for an event; empty for one that nobody needs to see.</summary>
    public byte[] FormatEvent(TurnEvent lines) => lines switch
    {
        TurnEvent.Text text => FormatWords(text.Words),
        TurnEvent.Tool tool => FormatLine($"> {tool.Name} {TruncateInput(tool.Input)}"),
        TurnEvent.Notice note => FormatLine($"[{note.Line}]"),
        TurnEvent.ApiError { Line: { } line } => FormatLine($"[{line}]"),
        _ => [],
    };

    /// <summary>Bytes of the agent's own error stream, as they are.</summary>
    public ReadOnlySpan<byte> PassThrough(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0) midLine = bytes[^1] != (byte)'\n';
        return bytes;
    }

    public byte[] FormatEnd(TurnAnswer answer)
    {
        var lines = new StringBuilder();
        foreach (var denied in answer.Denied) lines.Append(CultureInfo.InvariantCulture, $"not allowed: {denied}\n");
        var cost = FormatCost(answer);
        if (cost.Length > 0) lines.Append(CultureInfo.InvariantCulture, $"[{cost}]\n");
        return lines.Length == 0 ? [] : FormatLine(lines.ToString().TrimEnd('\n'));
    }

    private static string FormatCost(TurnAnswer answer)
    {
        var lines = new List<string>();
        if (answer.Facts["costUsd"] is { } cost) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(double)cost:0.####} USD"));
        if (answer.Facts["turns"] is { } turns) lines.Add($"{turns} {((int)turns == 1 ? "turn" : "turns")}");
        if (answer.Facts["usage"]?["outputTokens"] is { } tokens) lines.Add($"{tokens} tokens written");
        if (answer.Facts["model"] is { } model) lines.Add((string)model!);
        return string.Join(", ", lines);
    }

    private byte[] FormatWords(string words)
    {
        if (words.Length == 0) return [];
        midLine = words[^1] != '\n';
        return Encoding.UTF8.GetBytes(words);
    }

    private byte[] FormatLine(string text)
    {
        var bytes = Encoding.UTF8.GetBytes((midLine ? "\n" : "") + text + "\n");
        midLine = false;
        return bytes;
    }

    private static string TruncateInput(string input)
    {
        var line = input.ReplaceLineEndings(" ");
        return line.Length <= LongestInput ? line : line[..LongestInput] + "...";
    }
}
