namespace OpenClaw.Worker.Policy.Rules;

/// <summary>
/// Variables whose values are secrets: what a task prints is masked where one of them stands. See docs/worker/secrets.md.
/// </summary>
internal sealed record SecretRules
{
    /// <summary>Secrets on every PC, by their names.</summary>
    public static IReadOnlyList<string> AlwaysNames { get; } =
    [
        "*_TOKEN", "TOKEN", "*_KEY", "*APIKEY*", "*_SECRET", "SECRET", "*_SECRET_*", "*PASSWORD*", "*PASSWD*", "*_PASS", "*_PAT",
        "*CREDENTIAL*",
    ];

    private static readonly TextPattern[] Always = [.. AlwaysNames.Select(EnvironmentRules.CreateNamePattern)];

    /// <summary>Secrets beside <see cref="AlwaysNames"/>.</summary>
    public IReadOnlyList<TextPattern> Names { get; init; } = [];
    /// <summary>No secrets, whatever their names are like.</summary>
    public IReadOnlyList<TextPattern> Except { get; init; } = [];

    /// <summary>True when the value of the variable is a secret.</summary>
    public bool IsSecret(string name) => !IsExcepted(name)
        && (Always.Any(pattern => pattern.Matches(name)) || Names.Any(pattern => pattern.Matches(name)));

    /// <summary>True when the owner says that the variable holds none.</summary>
    public bool IsExcepted(string name) => Except.Any(pattern => pattern.Matches(name));
}
