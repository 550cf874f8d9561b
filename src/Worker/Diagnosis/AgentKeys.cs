using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>An agent's CLI that is on this PC: its name, its settings, the variables its key may be in.</summary>
internal sealed record SeenAgent(string Name, AgentSettings Settings, params string[] Keys);

/// <summary>
/// A key in the person's environment that the agent never gets, because variables that look like secrets are kept from tasks: the CLI works
/// in the terminal and not here. Pure.
/// </summary>
internal static class AgentKeys
{
    /// <summary>A warning for each agent none of whose keys reaches it, while the person has one.</summary>
    public static IEnumerable<Finding> Withheld(
        IEnumerable<SeenAgent> agents, IReadOnlyDictionary<string, string> environment, EnvironmentRules rules)
    {
        foreach (var agent in agents)
        {
            var has = agent.Keys.Where(key => AgentHome.Value(environment, key) is not null).ToArray();
            var reached = agent.Keys.Any(key => agent.Settings.Env.ContainsKey(key) || rules.Set.ContainsKey(key)) || has.Any(rules.Passes);
            if (has.Length > 0 && !reached)
                yield return Finding.Warning($"{agent.Name}-key", $"{has[0]} is in your environment, and tasks don't get it",
                    $"if {agent.Name} is to use it, write \"environment\": {{ \"allow\": [\"{has[0]}\"] }} into policy.json");
        }
    }
}
