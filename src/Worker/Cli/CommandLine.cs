using System.Text;
using OpenClaw.Worker.Cli.Approvals;
using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Services;

namespace OpenClaw.Worker.Cli;

/// <summary>
/// Finds the verb and gives it its arguments. Without a verb, or with an option first, it is <c>run</c>, as the older worker was started.
/// </summary>
internal static class CommandLine
{
    /// <summary>All there are, in the order of the help.</summary>
    public static IReadOnlyList<Verb> Verbs { get; } =
    [
        RunVerb.Run, ServiceVerbs.Install, ServiceVerbs.Uninstall, StatusVerb.Status, DoctorVerb.Doctor, DrainVerb.Drain, PolicyVerb.Policy,
        ApproveVerb.Approve, PauseVerb.Pause, PauseVerb.Resume, HistoryVerb.History, ClaimVerb.Claim,
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
                return InvokeVerb(RunVerb.Run, arguments, terminal);
            default:
                if (Verbs.FirstOrDefault(verb => verb.Name == arguments[0]) is { } found)
                    return InvokeVerb(found, arguments[1..], terminal);
                terminal.Error.WriteLine($"{arguments[0]}: no such verb; --help lists them");
                return Task.FromResult(VerbExit.Usage);
        }
    }

    private static Task<int> InvokeVerb(Verb verb, string[] arguments, Terminal terminal)
    {
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            terminal.Out.WriteLine(FormatHelp(verb));
            return Task.FromResult(VerbExit.Done);
        }
        var call = new VerbCall(terminal, arguments);
        var errors = verb.ReadsItself ? [] : call.ParseArguments(verb);
        foreach (var error in errors)
            terminal.Error.WriteLine(error);
        return errors.Count == 0 ? verb.Run(call) : Task.FromResult(VerbExit.Usage);
    }

    private static string FormatHelp()
    {
        var text = new StringBuilder("openclaw-worker: runs the tasks of an OpenClaw gateway on this PC\n\n");
        foreach (var verb in Verbs)
            text.Append($"  openclaw-worker {verb.Name,-10} {verb.Summary}\n");
        return text.Append("\nWithout a verb it runs. VERB --help has the options of each; --version says which it is.").ToString();
    }

    private static string FormatHelp(Verb verb)
    {
        var text = new StringBuilder($"openclaw-worker {$"{verb.Name} {verb.Words}".TrimEnd()}: {verb.Summary}\n");
        if (!verb.ReadsItself)
        {
            text.Append('\n');
            foreach (var option in verb.Options.Append(VerbOption.Home))
                text.Append($"  {$"{option.Name} {option.Value}",-22} {option.Means}\n");
        }
        if (verb.More.Length > 0) text.Append('\n').Append(verb.More).Append('\n');
        return text.ToString().TrimEnd('\n');
    }
}
