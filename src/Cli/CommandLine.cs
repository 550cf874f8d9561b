using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using OpenClaw.Cli.Printing;

namespace OpenClaw.Cli;

/// <summary>Reads what was typed, finds the verb and runs it.</summary>
internal static class CommandLine
{
    /// <summary>No bundles of one-letter options, and no arguments out of files.</summary>
    private static readonly ParserConfiguration Syntax = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    private static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static Task<int> Run(string[] arguments, Terminal terminal)
    {
        switch (arguments)
        {
            case []:
                return Print(terminal.Error, HelpText.FormatAll(), ExitCodes.Usage);
            case ["--help" or "-h" or "help"]:
                return Print(terminal.Out, HelpText.FormatAll(), ExitCodes.Done);
            case ["help", .. var verb]:
                return InvokeVerb([.. verb, "--help"], terminal);
            case ["--version" or "version"]:
                return Print(terminal.Out, Version, ExitCodes.Done);
            default:
                return InvokeVerb(arguments, terminal);
        }
    }

    /// <summary>Runs the verb; or says all that is wrong with what was typed, and which option or verb is nearest to it.</summary>
    private static async Task<int> InvokeVerb(string[] arguments, Terminal terminal)
    {
        var root = new RootCommand();
        root.Options.Clear();
        root.Directives.Clear();
        foreach (var verb in VerbTable.Verbs) FindParent(root, verb, terminal).Add(CreateCommand(verb, terminal));
        var parsed = root.Parse(arguments, Syntax);
        if (parsed.Action is ParseErrorAction error) error.ShowHelp = false;
        // A signal ends the program as it ends any other: nothing here has to be undone.
        var code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Error, Error = terminal.Error, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false,
        });
        return parsed.Action is ParseErrorAction ? ExitCodes.Usage : code;
    }

    private static Command FindParent(RootCommand root, Verb verb, Terminal terminal)
    {
        if (verb.Noun is not { } name) return root;
        if (root.Subcommands.FirstOrDefault(known => known.Name == name) is { } found) return found;
        var noun = new Command(name) { new HelpOption { Action = new HelpAction(() => HelpText.FormatNoun(name), terminal.Out) } };
        noun.SetAction((_, _) => Print(terminal.Error, HelpText.FormatNoun(name), ExitCodes.Usage));
        root.Add(noun);
        return noun;
    }

    private static Command CreateCommand(Verb verb, Terminal terminal)
    {
        var help = new HelpAction(() => HelpText.FormatVerb(verb), terminal.Out);
        var command = new Command(verb.LastWord) { new HelpOption { Action = help } };
        if (verb.Count.Most > 0) command.Add(CreateWords(verb));
        foreach (var option in verb.AllOptions) command.Add(CreateOption(option));
        command.SetAction((parsed, _) => RunVerb(verb, new VerbCall(terminal, parsed)));
        return command;
    }

    private static Argument CreateWords(Verb verb)
    {
        // One more than it takes: where there is no room, the parser knows nothing better of a word than that it is unknown.
        var most = verb.Count.Most == int.MaxValue ? ArgumentArity.ZeroOrMore : new ArgumentArity(0, verb.Count.Most + 1);
        var words = new Argument<string[]>(VerbCall.WordsName) { Arity = most };
        words.Validators.Add(found =>
        {
            var options = found.Tokens.Where(token => token.Value is ['-', _, ..]).ToArray();
            foreach (var option in options)
                found.AddError($"{PrintableText.Escape(option.Value)}: no such option; openclaw {verb.Name} --help lists them");
            if (options.Length == 0 && found.Tokens.Count > verb.Count.Most)
                found.AddError($"openclaw {verb.Name} takes {verb.Words}");
        });
        return words;
    }

    private static Option CreateOption(VerbOption option)
    {
        if (option.Value is null) return new Option<bool>(option.Name) { Arity = ArgumentArity.Zero };
        var result = new Option<string[]>(option.Name) { Arity = ArgumentArity.OneOrMore };
        result.Validators.Add(found =>
        {
            if (found.Tokens.Any(token => token.Value.Length == 0)) found.AddError($"{option.Name}: {option.Value} is missing");
        });
        return result;
    }

    private static async Task<int> RunVerb(Verb verb, VerbCall call)
    {
        try
        {
            // Where no word was typed the parser asks no validator.
            return call.Words.Count < verb.Count.Least
                ? call.Fail(ExitCodes.Usage, $"openclaw {verb.Name} takes {verb.Words}") : await verb.Run(call);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return call.Fail(ExitCodes.Failed, error.Message);
        }
        finally
        {
            call.Dispose();
        }
    }

    private static Task<int> Print(TextWriter to, string text, int code)
    {
        to.WriteLine(text);
        return Task.FromResult(code);
    }

    private sealed class HelpAction(Func<string> format, TextWriter to) : SynchronousCommandLineAction
    {
        /// <summary>Whoever asks for help has not typed the rest yet.</summary>
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            to.WriteLine(format());
            return ExitCodes.Done;
        }
    }
}
