using OpenClaw.Protocol.Payloads;

namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>How a word of a command may name a file.</summary>
internal enum WordUse
{
    /// <summary>A program that is started.</summary>
    Program,
    /// <summary>The script of an interpreter.</summary>
    Script,
    /// <summary>It may name a file.</summary>
    Argument,
    /// <summary>It may name a file, a folder, or a program, and nobody knows what becomes of it.</summary>
    Unknown,
}

/// <summary>A word of a command, by its place.</summary>
internal readonly record struct NamedWord(WordUse Use, int At);

/// <summary>
/// What the words of a task say about which files it runs. Pure. A program that is not in the <see cref="ProgramTable"/> counts as known
/// only when its words hold nothing that looks like code or like a program that runs code; each file they name is bound.
/// </summary>
/// <param name="Words">Those that name files; the program first.</param>
/// <param name="Unbound">Why the words do not say what runs, a sentence; null: with their files they say it.</param>
internal sealed record ProgramWords(IReadOnlyList<NamedWord> Words, string? Unbound)
{
    /// <summary>Options that hold code or name it, of programs nobody knows.</summary>
    private static readonly HashSet<string> CodeOptions = new(
        ["-c", "-e", "-E", "--eval", "--exec", "-exec", "--execute", "--command", "--require", "--import", "--load"],
        StringComparer.Ordinal);

    /// <summary>Options without a dash between them that are looked through: <c>-sSfK</c>.</summary>
    private const int MostLetters = 8;

    /// <summary>What stands between the words of a command in one argument (<c>--filter=sh x.sh</c>, <c>-wrapper sh,x.sh</c>).</summary>
    private static readonly System.Buffers.SearchValues<char> Separators = System.Buffers.SearchValues.Create(" \t\r\n,;=:|&()<>`'\"{}$");

    /// <summary>Of a task of any kind. Of other kinds than <c>command</c> only this is known from what was asked.</summary>
    public static ProgramWords FromTask(
        string kind, IReadOnlyList<string>? argv, string? text, IEnumerable<string> variables)
    {
        if (Agents.FindByKind(kind) is { } agent) return Hide($"{agent.Title} decides by itself what it runs");
        if (kind != Kinds.Command) return new([], null);
        return text is null ? FromCommand(argv ?? [], variables)
            : Hide("a shell reads this text: what its words mean is known only when it runs");
    }

    /// <summary>Of a program with its arguments, and the names of the variables that the task sets.</summary>
    public static ProgramWords FromCommand(IReadOnlyList<string> argv, IEnumerable<string> variables)
    {
        if (argv is not [{ Length: > 0 }, ..]) return new([], null);
        var words = new List<NamedWord>();
        var why = CodeVariables.FindFirst(variables) is { } name ? $"the task sets {name}, which changes what programs run" : null;
        why = FindCode(argv, 0, words) ?? why;
        return new(words, why);
    }

    /// <summary>
    /// The files that a word may name: itself, and what stands after <c>=</c>, <c>@</c> or the letter of an option.
    /// </summary>
    public static IEnumerable<string> ListPaths(string word)
    {
        if (word.Length == 0) yield break;
        yield return word;
        if (word.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at && at + 1 < word.Length) yield return word[(at + 1)..];
        if (word[0] == '@' && word.Length > 1) yield return word[1..];
        if (word is ['-', not '-', _, ..]) yield return word[2..].TrimStart('@');
        if (word.StartsWith("file://", StringComparison.Ordinal)) yield return word["file://".Length..];
    }

    /// <summary>The same where several letters stand in one word: <c>-sSfKfile</c>. Most of these name nothing.</summary>
    public static IEnumerable<string> ListPathsBehindLetters(string word)
    {
        for (var letters = 3; word is ['-', not '-', _, ..] && letters < Math.Min(word.Length, MostLetters); letters++)
            yield return word[letters..].TrimStart('@');
    }

    /// <summary>
    /// Why it is not known what runs from the word at <paramref name="at"/> on; null: it is. Adds the words that name files.
    /// </summary>
    private static string? FindCode(IReadOnlyList<string> argv, int at, List<NamedWord> words)
    {
        words.Add(new(WordUse.Program, at));
        var name = Path.GetFileName(argv[at]);
        switch (ProgramTable.FindTraits(argv[at]))
        {
            case ProgramTraits.Reads:
                return null;
            case ProgramTraits.Starts launcher:
                var (inner, why) = FindInner(argv, at, launcher);
                if (inner > 0) return FindCode(argv, inner, words) ?? why;
                AddRest(argv, at + 1, WordUse.Argument, words);
                return why;
            case ProgramTraits.Runs interpreter:
                return FindScript(argv, at, interpreter, words);
            case ProgramTraits.Hides hides:
                AddRest(argv, at + 1, WordUse.Argument, words);
                return $"{name} {hides.Why}";
            default:
                AddRest(argv, at + 1, WordUse.Unknown, words);
                return argv.Skip(at + 1).FirstOrDefault(IsCode) is { } code
                    ? $"{name} is not known here, and may run code by {code}" : null;
        }
    }

    /// <summary>Where the program stands that a launcher starts; 0: there is none, or its options are not all known.</summary>
    private static (int At, string? Why) FindInner(IReadOnlyList<string> argv, int start, ProgramTraits.Starts launcher)
    {
        var (at, name) = (start + 1, Path.GetFileName(argv[start]));
        string? why = null;
        while (at < argv.Count && argv[at].StartsWith('-'))
        {
            var word = argv[at++];
            if (word == "--") break;
            if (launcher.Valued.Contains(word)) at++;
            else if (!launcher.Flags.Contains(word) && !launcher.Valued.Any(option => HasValue(word, option)))
                return (0, $"what {name} runs can't be told from {word}");
        }
        for (; name == "env" && at < argv.Count && argv[at].Contains('=', StringComparison.Ordinal); at++)
        {
            if (CodeVariables.FindFirst([argv[at][..argv[at].IndexOf('=', StringComparison.Ordinal)]]) is { } variable)
                why ??= $"the task sets {variable}, which changes what programs run";
        }
        at += launcher.Operands;
        return at < argv.Count && argv[at] is { Length: > 0 } && !argv[at].StartsWith('-') ? (at, why)
            : (0, $"what {name} runs can't be told from its arguments");
    }

    /// <summary><c>-oL</c>, <c>--adjustment=5</c>.</summary>
    private static bool HasValue(string word, string option) => word.Length > option.Length
        && word.StartsWith(option.StartsWith("--", StringComparison.Ordinal) ? option + "=" : option, StringComparison.Ordinal);

    private static string? FindScript(IReadOnlyList<string> argv, int start, ProgramTraits.Runs interpreter, List<NamedWord> words)
    {
        var (at, name) = (start + 1, ProgramTable.TrimVersion(Path.GetFileName(argv[start])));
        while (at < argv.Count && IsFlag(argv[at], interpreter.Flags)) at++;
        var led = at < argv.Count && argv[at] == interpreter.Lead;
        if (led) at++;
        else if (at < argv.Count && argv[at] == "--" && !interpreter.NeedsLead) at++;
        if (at >= argv.Count) return $"{name} runs what stands on its standard input";
        var script = argv[at];
        if ((interpreter.NeedsLead && !led) || script.Length == 0 || script[0] is '-' or '+' or '@'
            || (interpreter.HasCommands && !Path.GetFileName(script).Contains('.', StringComparison.Ordinal)))
        {
            AddRest(argv, start + 1, WordUse.Argument, words);
            return $"which code {name} runs can't be told from {script}";
        }
        words.Add(new(WordUse.Script, at));
        AddRest(argv, at + 1, WordUse.Argument, words);
        return script.Contains("://", StringComparison.Ordinal) ? $"{name} runs what {script} holds then" : null;
    }

    private static void AddRest(IReadOnlyList<string> argv, int from, WordUse use, List<NamedWord> words) =>
        words.AddRange(Enumerable.Range(from, Math.Max(0, argv.Count - from)).Select(at => new NamedWord(use, at)));

    private static bool IsFlag(string word, string flags) => word is ['-', _, ..] && word.AsSpan(1).IndexOfAnyExcept(flags) < 0;

    /// <summary>An option that holds code, or a program that runs some.</summary>
    private static bool IsCode(string word) => CodeOptions.Contains(word)
        || (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var end && CodeOptions.Contains(word[..end]))
        || RunsCode(word) || HoldsCommand(word);

    private static bool RunsCode(string word) =>
        ProgramTable.FindTraits(word) is ProgramTraits.Runs or ProgramTraits.Starts or ProgramTraits.Hides;

    /// <summary>A part of the word is a program that runs code.</summary>
    private static bool HoldsCommand(string word)
    {
        var rest = word.AsSpan();
        while (rest.IndexOfAny(Separators) is >= 0 and var end)
        {
            if (end > 0 && RunsCode(rest[..end].ToString())) return true;
            rest = rest[(end + 1)..];
        }
        return rest.Length is > 0 and var left && left < word.Length && RunsCode(rest.ToString());
    }

    private static ProgramWords Hide(string why) => new([], why);
}
