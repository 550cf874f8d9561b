using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Cli.Approvals;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Enrolment;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Services;
using OpenClaw.Worker.Signing;

namespace OpenClaw.Worker.Cli;

/// <summary>
/// All verbs. Without a verb, or with an option first, it is <c>run</c>, as the older worker was started.
/// </summary>
internal static class CommandLine
{
    /// <summary>No bundles of one-letter options, and no arguments out of files.</summary>
    private static readonly ParserConfiguration Syntax = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>All there are, in the order of the help.</summary>
    public static IReadOnlyList<Verb> Verbs { get; } =
    [
        RunVerb.Run, ServiceVerbs.Install, ServiceVerbs.Uninstall, StatusVerb.Status, DoctorVerb.Doctor, DrainVerb.Drain, PolicyVerb.Policy,
        ApproveVerb.Approve, PauseVerb.Pause, PauseVerb.Resume, HistoryVerb.History, AuditVerb.Audit, KeysVerb.Keys,
        ClaimVerb.Claim, JoinVerb.Join, KindsVerb.Kinds,
    ];

    public static Task<int> Run(string[] arguments, Terminal terminal)
    {
        switch (arguments)
        {
            case ["--help" or "-h" or "help"]:
                terminal.Out.WriteLine(FormatHelp());
                return Task.FromResult(VerbExit.Done);
            case ["--version" or "version"]:
                terminal.Out.WriteLine(WorkerDaemon.Version);
                return Task.FromResult(VerbExit.Done);
            case [] or [['-', ..], ..]:
                return InvokeVerb([RunVerb.Run.Name, .. arguments], terminal);
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
        foreach (var verb in Verbs) root.Add(CreateCommand(verb, terminal));
        var parsed = root.Parse(arguments, Syntax);
        if (parsed.Action is ParseErrorAction error) error.ShowHelp = false;
        // The daemon ends by its own signals, in its own order.
        var code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Error, Error = terminal.Error, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false,
        });
        if (parsed.Action is not ParseErrorAction) return code;
        var typed = Verbs.FirstOrDefault(verb => verb.Name == parsed.CommandResult.Command.Name);
        foreach (var besides in typed?.Check(new VerbCall(terminal, parsed)) ?? []) terminal.Error.WriteLine(besides);
        return VerbExit.Usage;
    }

    private static Command CreateCommand(Verb verb, Terminal terminal)
    {
        var command = new Command(verb.Name) { new HelpOption { Action = new VerbHelp(verb, terminal) } };
        if (verb.Count.Most > 0) command.Add(CreateWords(verb));
        foreach (var option in verb.Options.Append(VerbOption.Home).DistinctBy(option => option.Name)) command.Add(CreateOption(option));
        command.SetAction((parsed, _) => verb.Run(new VerbCall(terminal, parsed)));
        return command;
    }

    private static Argument CreateWords(Verb verb)
    {
        // One more than it takes: where there is no room, the parser knows nothing better of a word than that it is unknown.
        var words = new Argument<string[]>(VerbCall.WordsName) { Arity = new ArgumentArity(0, verb.Count.Most + 1) };
        words.Validators.Add(found =>
        {
            var options = found.Tokens.Where(token => token.Value is ['-', _, ..]).ToArray();
            foreach (var option in options) found.AddError($"{option.Value}: no such option of {verb.Name}; {verb.Name} --help lists them");
            if (options.Length == 0 && (found.Tokens.Count < verb.Count.Least || found.Tokens.Count > verb.Count.Most))
                found.AddError($"{verb.Name} takes {verb.Words}");
        });
        return words;
    }

    private static Option CreateOption(VerbOption option)
    {
        if (option.Value is null) return new Option<bool>(option.Name) { Arity = ArgumentArity.Zero };
        // The last one counts, as in scripts that append to what they were given.
        var result = new Option<string[]>(option.Name) { Arity = ArgumentArity.OneOrMore };
        result.Validators.Add(found =>
        {
            if (found.Tokens.Any(token => token.Value.Length == 0)) found.AddError($"{option.Name}: {option.Value} is missing");
        });
        return result;
    }

    private static string FormatHelp()
    {
        var text = new StringBuilder("openclaw-worker: runs the tasks of an OpenClaw gateway on this PC\n\n");
        foreach (var verb in Verbs)
            text.Append($"  openclaw-worker {verb.Name,-10} {verb.Summary}\n");
        return text.Append("\nWithout a verb it runs. VERB --help has the options of each; --version says which it is.").ToString();
    }

    private sealed class VerbHelp(Verb verb, Terminal terminal) : SynchronousCommandLineAction
    {
        /// <summary>Whoever asks for help has not typed the rest yet.</summary>
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            terminal.Out.WriteLine(verb.FormatHelp());
            return VerbExit.Done;
        }
    }
}
