using System.Text;

namespace OpenClaw.Worker.Cli;

/// <summary>
/// One verb of the program: its name, what it takes, what it does. Each has a file of its own, and a place in <see cref="CommandLine"/>.
/// </summary>
internal sealed record Verb(string Name, string Summary, Func<VerbCall, Task<int>> Run)
{
    /// <summary>What it takes besides <c>--home DIR</c>, which all take.</summary>
    public IReadOnlyList<VerbOption> Options { get; init; } = [];

    /// <summary>The words it takes, for its usage line, such as <c>[ID]</c>; empty: none.</summary>
    public string Words { get; init; } = "";

    /// <summary>How many words at least and at most.</summary>
    public (int Least, int Most) Count { get; init; } = (0, 0);

    /// <summary>Further lines of its help.</summary>
    public string More { get; init; } = "";

    /// <summary>Its further lines list its options.</summary>
    public bool ListsOptionsItself { get; init; }

    /// <summary>What is wrong besides what was typed, so that all of it is said at once.</summary>
    public Func<VerbCall, IEnumerable<string>> Check { get; init; } = _ => [];

    /// <summary>What its <c>--help</c> prints.</summary>
    public string FormatHelp()
    {
        var text = new StringBuilder($"openclaw-worker {$"{Name} {Words}".TrimEnd()}: {Summary}\n");
        if (!ListsOptionsItself)
        {
            text.Append('\n');
            foreach (var option in Options.Append(VerbOption.Home))
                text.Append($"  {$"{option.Name} {option.Value}",-22} {option.Means}\n");
        }
        if (More.Length > 0) text.Append('\n').Append(More).Append('\n');
        return text.ToString().TrimEnd('\n');
    }
}

/// <summary>An option of a verb. <paramref name="Value"/> names what follows it; null: a switch.</summary>
internal sealed record VerbOption(string Name, string Means, string? Value = null)
{
    public static VerbOption Json { get; } = new("--json", "one JSON object instead of lines for people");
    public static VerbOption Home { get; } =
        new("--home", "the worker's own folder (OPENCLAW_WORKER_HOME, default ~/.openclaw/worker)", "DIR");
}

/// <summary>How a verb ends, beside the daemon's own <see cref="ExitCodes"/>.</summary>
internal static class VerbExit
{
    /// <summary>Done; the answer is yes.</summary>
    public const int Done = 0;
    /// <summary>Not done; the answer is no.</summary>
    public const int No = 1;
    public const int Usage = ExitCodes.Configuration;
    /// <summary>No daemon runs in this home.</summary>
    public const int NoDaemon = 5;
}
