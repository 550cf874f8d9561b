namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// Which variables reach a task's programs. The denied ones never do, unless the owner names one of them to be passed; not even when
/// there is no policy file.
/// </summary>
internal sealed record EnvironmentRules
{
    /// <summary>Denied on every PC: they change what a program loads, or are somebody's secret.</summary>
    public static IReadOnlyList<string> AlwaysDenied { get; } = ["LD_*", "DYLD_*", "DOTNET_*", "*_TOKEN", "*_KEY"];

    private static readonly TextPattern[] Always = [.. AlwaysDenied.Select(CreateNamePattern)];

    /// <summary>The person's variables that are passed; null: all that are not denied.</summary>
    public IReadOnlyList<TextPattern>? Pass { get; init; }
    /// <summary>Denied beside <see cref="AlwaysDenied"/>.</summary>
    public IReadOnlyList<TextPattern> Deny { get; init; } = [];
    /// <summary>Passed although a pattern denies them: whole names.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];
    /// <summary>Set for every task, whatever the person's or the task's own value is.</summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();
    /// <summary>Variables a task may set itself; null: all that are not denied.</summary>
    public IReadOnlyList<TextPattern>? Task { get; init; }

    /// <summary>A pattern over names: capital letters don't matter.</summary>
    public static TextPattern CreateNamePattern(string glob) => TextPattern.FromGlob(glob, ignoreCase: true);

    /// <summary>True when the variable must not reach a program.</summary>
    public bool Denies(string name) =>
        !Allow.Contains(name, Execution.UserEnvironment.NameComparer)
        && (Always.Any(pattern => pattern.Matches(name)) || Deny.Any(pattern => pattern.Matches(name)));

    /// <summary>True when the person's own variable is passed on.</summary>
    public bool Passes(string name) => !Denies(name)
        && (Pass is null || Allow.Contains(name, Execution.UserEnvironment.NameComparer) || Pass.Any(pattern => pattern.Matches(name)));

    /// <summary>Everything they have against the variables a task sets.</summary>
    public IEnumerable<Verdict> FindObjections(PolicyInput request)
    {
        foreach (var name in request.Variables)
        {
            if (Denies(name))
                yield return Verdict.Rejected("environment.deny", $"the task sets the variable {name}, which is denied on this PC");
            else if (Task is { } mayBeSet && !mayBeSet.Any(pattern => pattern.Matches(name)))
                yield return Verdict.Rejected("environment.task", $"tasks may not set the variable {name} on this PC");
        }
    }
}
