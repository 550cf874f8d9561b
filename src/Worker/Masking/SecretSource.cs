using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Masking;

/// <summary>
/// The secrets this daemon knows of before a program is started: its own, the person's, and those the owner's policy sets. What is compiled
/// for one attempt serves the next, for they are nearly always the same.
/// </summary>
internal sealed class SecretSource(WorkerOptions options, UserEnvironment user)
{
    private readonly string[] own =
    [
        .. SecretValues.FindPasswords(options.Proxy?.OriginalString ?? "").Prepend(options.Token).Where(SecretValues.IsDistinctive),
    ];
    private volatile KnownSecrets? known;
    private volatile SecretPatterns latest = SecretPatterns.None;

    /// <summary>What no task of this PC may show.</summary>
    public SecretPatterns GetPatterns(OwnerPolicy policy)
    {
        var (person, before) = (user.Known, known);
        if (before is not null && before.Person == person && before.Policy == policy.Digest) return before.Patterns;
        var values = SecretValues.Select((person ?? new Dictionary<string, string>()).Concat(policy.Environment.Set), policy.Secrets);
        var patterns = Compile(own.Concat(values));
        known = new KnownSecrets(person, policy.Digest, patterns);
        return patterns;
    }

    /// <summary>The same and what is secret among a program's variables.</summary>
    public SecretPatterns AddVariables(SecretPatterns patterns, IReadOnlyDictionary<string, string> variables, SecretRules rules)
    {
        var more = SecretValues.Select(variables, rules).Where(value => !patterns.Values.Contains(value)).ToArray();
        return more.Length == 0 ? patterns : Compile(patterns.Values.Concat(more));
    }

    private SecretPatterns Compile(IEnumerable<string> values)
    {
        var set = values.ToHashSet(StringComparer.Ordinal);
        return latest.Values.SetEquals(set) ? latest : latest = SecretPatterns.Compile(set);
    }

    private sealed record KnownSecrets(IReadOnlyDictionary<string, string>? Person, string Policy, SecretPatterns Patterns);
}
