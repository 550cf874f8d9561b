using System.Text;

namespace OpenClaw.Cli.Printing;

/// <summary>What <c>--help</c> prints, of all verbs, of those of a noun, of one.</summary>
internal static class HelpText
{
    public static string FormatAll()
    {
        var text = new StringBuilder("openclaw: runs tasks on your own PCs through an OpenClaw server\n\n");
        foreach (var verb in VerbTable.Verbs) AppendVerb(text, verb);
        return text.Append("\nopenclaw VERB --help has the options of each; --version says which build it is.").ToString();
    }

    public static string FormatNoun(string noun)
    {
        var text = new StringBuilder($"openclaw {noun} takes one of:\n\n");
        foreach (var verb in VerbTable.Verbs.Where(verb => verb.Noun == noun)) AppendVerb(text, verb);
        return text.Append($"\nopenclaw {noun} VERB --help has the options of each.").ToString();
    }

    public static string FormatVerb(Verb verb)
    {
        var text = new StringBuilder($"openclaw {$"{verb.Name} {verb.Words}".TrimEnd()}: {verb.Summary}\n\n");
        AppendOptions(text, [.. verb.Options, VerbOption.Json]);
        if (verb.AsksServer)
        {
            text.Append("\nWhich server, and as whom (default: the context that was logged in to last):\n");
            AppendOptions(text, VerbOption.OfServer);
        }
        if (verb.More.Length > 0) text.Append('\n').Append(verb.More).Append('\n');
        return text.ToString().TrimEnd('\n');
    }

    private static void AppendVerb(StringBuilder text, Verb verb) => text.Append($"  openclaw {verb.Name,-16} {verb.Summary}\n");

    private static void AppendOptions(StringBuilder text, IEnumerable<VerbOption> options)
    {
        foreach (var option in options) text.Append($"  {$"{option.Name} {option.Value}".TrimEnd(),-24} {option.Means}\n");
    }
}
