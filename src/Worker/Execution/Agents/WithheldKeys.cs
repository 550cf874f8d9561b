using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>
/// Variables that would log an agent in and never reach it, because what looks like a secret is kept from tasks: it works in the person's
/// terminal and not here. Pure.
/// </summary>
internal static class WithheldKeys
{
    /// <summary>
    /// Those the person has, when none of the agent's keys reaches it; a variable that the agent itself names in <paramref
    /// name="sentence"/> counts in any case.
    /// </summary>
    public static IReadOnlyList<string> Find(
        IReadOnlyList<string> keys, AgentSettings settings, IReadOnlyDictionary<string, string> person, EnvironmentRules rules,
        string sentence = "")
    {
        bool Has(string key) => AgentEnvironment.FindVariable(person, key) is not null;
        bool Reaches(string key) => settings.Env.ContainsKey(key) || rules.Set.ContainsKey(key) || (Has(key) && rules.Passes(key));
        var named = person.Keys.Where(name => name.Contains('_') && sentence.Contains(name, StringComparison.Ordinal) && Has(name));
        return [.. named.Where(name => !Reaches(name)).Concat(keys.Any(Reaches) ? [] : keys.Where(Has)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What to do about one.</summary>
    public static string DescribeRemedy(string agent, string key) =>
        $"write \"{agent}\": {{ \"env\": {{ \"{key}\": \"...\" }} }} into settings.json of the worker's home, "
        + $"or let all tasks have it with \"environment\": {{ \"allow\": [\"{key}\"] }} in policy.json";
}
