using System.CommandLine;
using System.CommandLine.Parsing;

namespace OpenClaw.Worker.Cli;

/// <summary>A verb's arguments as they were given, and the terminal it talks to.</summary>
internal sealed class VerbCall(Terminal terminal, ParseResult parsed)
{
    public const string WordsName = "WORDS";

    /// <summary>Arguments that are not options.</summary>
    public IReadOnlyList<string> Words => [.. (parsed.GetResult(WordsName)?.Tokens ?? []).Select(token => token.Value)];

    public Terminal Terminal => terminal;
    public TextWriter Out => terminal.Out;
    public TextWriter Error => terminal.Error;

    public string Home => FindValue("--home") ?? WorkerArguments.ChooseHome(terminal.Variable, terminal.UserHome);

    public bool Json => HasOption("--json");

    public bool HasOption(string option) => parsed.GetResult(option) is OptionResult { Implicit: false };

    /// <summary>By its tokens: also where something else that was typed is wrong.</summary>
    public string? FindValue(string option) => parsed.GetResult(option) is { Tokens: [.., var last] } ? last.Value : null;
}
