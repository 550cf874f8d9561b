namespace OpenClaw.Worker.Cli;

/// <summary>A verb's arguments as they were given, and the terminal it talks to.</summary>
internal sealed class VerbCall(Terminal terminal, string[] arguments)
{
    private readonly Dictionary<string, string> given = new(StringComparer.Ordinal);
    private readonly List<string> words = [];

    /// <summary>As typed, after the verb.</summary>
    public string[] Arguments => arguments;

    /// <summary>Arguments that are not options.</summary>
    public IReadOnlyList<string> Words => words;

    public Terminal Terminal => terminal;
    public TextWriter Out => terminal.Out;
    public TextWriter Error => terminal.Error;

    public string Home => FindValue("--home") ?? WorkerArguments.ChooseHome(terminal.Variable, terminal.UserHome);

    /// <summary>The same for a verb that reads its arguments itself.</summary>
    public string FindHome(string[] given)
    {
        var named =
            Array.FindLastIndex(given, argument => argument == "--home" || argument.StartsWith("--home=", StringComparison.Ordinal));
        if (named < 0) return Home;
        return given[named].Contains('=', StringComparison.Ordinal) ? given[named]["--home=".Length..]
            : given.ElementAtOrDefault(named + 1) ?? Home;
    }

    public bool Json => HasOption("--json");

    public bool HasOption(string option) => given.ContainsKey(option);

    public string? FindValue(string option) => given.GetValueOrDefault(option);

    /// <summary>All that is wrong with what was typed; none when nothing is.</summary>
    public IReadOnlyList<string> ParseArguments(Verb verb)
    {
        var errors = new List<string>();
        var options = verb.Options.Append(VerbOption.Home).ToDictionary(option => option.Name, StringComparer.Ordinal);
        for (var at = 0; at < arguments.Length; at++)
        {
            if (arguments[at] is not ['-', _, ..])
            {
                words.Add(arguments[at]);
                continue;
            }
            var (name, value) = arguments[at].Split('=', 2) is [var before, var after] ? (before, after) : (arguments[at], null);
            if (!options.TryGetValue(name, out var option))
                errors.Add($"{name}: no such option of {verb.Name}; {verb.Name} --help lists them");
            else if (option.Value is null && value is not null)
                errors.Add($"{name} takes no value");
            else if (option.Value is null)
                given[name] = "";
            else if ((value ?? arguments.ElementAtOrDefault(++at)) is { Length: > 0 } text)
                given[name] = text;
            else
                errors.Add($"{name}: {option.Value} is missing");
        }
        if (words.Count < verb.Count.Least || words.Count > verb.Count.Most)
            errors.Add(verb.Words.Length == 0 ? $"{verb.Name} takes no words, only options" : $"{verb.Name} takes {verb.Words}");
        return errors;
    }
}
