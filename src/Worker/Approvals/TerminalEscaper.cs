using System.Globalization;
using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Attempts;

namespace OpenClaw.Worker.Approvals;

/// <summary>
/// What would run, for the eyes of the person who decides. It comes from outside, so nothing in it moves the cursor, hides, or turns the
/// direction of the line: such characters are shown by their number.
/// </summary>
internal static class TerminalEscaper
{
    /// <summary>The command or the program with its arguments; for every other kind the payload itself.</summary>
    public static string DescribeOffer(Offer offer)
    {
        var payload = offer.Payload;
        if (payload.ValueKind != JsonValueKind.Object) return Escape(payload.GetRawText());
        var what = new StringBuilder();
        if (payload.TryGetProperty("command", out var command) && command.ValueKind == JsonValueKind.String)
            what.Append(Escape(command.GetString()!));
        else if (payload.TryGetProperty("argv", out var argv) && argv.ValueKind == JsonValueKind.Array)
            what.AppendJoin(' ', argv.EnumerateArray().Select(word => $"[{Escape(word.ToString())}]"));
        else
            return Escape(payload.GetRawText());
        foreach (var rest in payload.EnumerateObject().Where(field => field.Name is not ("command" or "argv")))
            what.Append("\n    ").Append(Escape(rest.Name)).Append(": ").Append(Escape(rest.Value.ToString()));
        return what.ToString();
    }

    /// <summary>Leaves visible characters as they are and writes all others as their number.</summary>
    public static string Escape(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '\n')
                shown.Append("\\n");
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse)
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else
                shown.Append(rune);
        }
        return shown.ToString();
    }
}
