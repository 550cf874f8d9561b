using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>An agent's CLI that is on this PC: its name, its settings, the variables its key may be in.</summary>
internal sealed record AgentFacts(string Name, AgentSettings Settings, params IReadOnlyList<string> Keys);

/// <summary>What is to be said of agents' keys that never reach them. Pure.</summary>
internal static class AgentKeys
{
    /// <summary>A warning for each agent none of whose keys reaches it, while the person has one.</summary>
    public static IEnumerable<Finding> FindWithheld(
        IEnumerable<AgentFacts> agents, IReadOnlyDictionary<string, string> environment, EnvironmentRules rules)
    {
        foreach (var agent in agents)
        {
            if (WithheldKeys.Find(agent.Keys, agent.Settings, environment, rules) is [var key, ..])
                yield return Finding.Warning($"{agent.Name}-key", $"{key} is in your environment, and tasks don't get it",
                    $"if {agent.Name} is to use it, {WithheldKeys.DescribeRemedy(agent.Name, key)}");
        }
    }
}
