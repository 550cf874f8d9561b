using OpenClaw.Protocol.Attempts;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Tests.Policy;

namespace OpenClaw.Worker.Tests.Agents.RealClis;

/// <summary>
/// A person whose key is in their profile: the agent works in their terminal, and a task of theirs says why it does not here.
/// </summary>
[Trait("Category", "RealCli")]
public sealed class LoginTests(AgentApis apis) : IClassFixture<AgentApis>
{
    [Theory]
    [InlineData("claude", "ANTHROPIC_API_KEY")]
    [InlineData("codex", "OPENAI_API_KEY")]
    [InlineData("gemini", "GEMINI_API_KEY")]
    public async Task An_agent_that_is_not_logged_in_names_the_key_that_was_kept_from_it_and_where_to_put_it(string agent, string key)
    {
        using var bench = AgentBench.Of(agent, apis);
        using var policy = new PolicyBench();
        foreach (var (name, value) in bench.Environment) policy.Person[name] = value;
        Copy(bench.Home.At(".codex"), policy.At(".codex"));
        Copy(bench.Home.At(".gemini"), policy.At(".gemini"));
        var offer = policy.Offer(bench.Cli.Agent.Kind, new { prompt = "hi", sessionId = bench.Session });
        var result = await policy.Run(new AgentExecutor(bench.Cli, bench.Settings), offer);
        Assert.Equal((Outcomes.Failed, "not-logged-in"), (result.Outcome, result.Reason));
        Assert.Contains($"{key} is in your environment and is kept from tasks", result.Error, StringComparison.Ordinal);
        Assert.Contains($$"""write "{{agent}}": { "env": { "{{key}}": "...""", result.Error, StringComparison.Ordinal);

        var settings = bench.Settings with { Env = new Dictionary<string, string> { [key] = bench.Environment[key] } };
        var next = policy.Offer(bench.Cli.Agent.Kind, new { prompt = "hi", sessionId = Guid.NewGuid() });
        var again = await policy.Run(new AgentExecutor(bench.Cli, settings), next);
        Assert.Equal((Outcomes.Succeeded, null), (again.Outcome, again.Error));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
