using OpenClaw.Worker.Diagnosis;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Tests.Diagnosis;

/// <summary>Who has a key in the environment and wonders why the agent is not logged in is told what to write.</summary>
public sealed class AgentKeysTests : IDisposable
{
    private static readonly Dictionary<string, string> Both = new() { ["OPENAI_API_KEY"] = "secret", ["CODEX_API_KEY"] = "secret" };
    private static readonly AgentFacts Codex = new("codex", new AgentSettings(), "OPENAI_API_KEY", "CODEX_API_KEY");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("openclaw-keys-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_key_that_looks_like_a_secret_is_kept_from_tasks_and_the_warning_says_what_to_write()
    {
        var finding = Assert.Single(AgentKeys.FindWithheld([Codex], Both, new EnvironmentRules()));
        Assert.Equal(("codex-key", Grade.Warning), (finding.Check, finding.Grade));
        Assert.Contains("OPENAI_API_KEY", finding.Found, StringComparison.Ordinal);
        Assert.Contains("""
            "environment": { "allow": ["OPENAI_API_KEY"] }
            """, finding.Do, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_said_when_one_of_its_keys_reaches_it_or_there_is_none()
    {
        Assert.Empty(AgentKeys.FindWithheld([Codex], Both, new EnvironmentRules { Allow = ["CODEX_API_KEY"] }));
        Assert.Empty(AgentKeys.FindWithheld([Codex],
            Both, new EnvironmentRules { Set = new Dictionary<string, string> { ["CODEX_API_KEY"] = "x" } }));
        var own = new AgentSettings { Env = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "x" } };
        Assert.Empty(AgentKeys.FindWithheld([Codex with { Settings = own }], Both, new EnvironmentRules()));
        Assert.Empty(AgentKeys.FindWithheld([Codex], new Dictionary<string, string> { ["OPENAI_API_KEY"] = "" }, new EnvironmentRules()));
    }

    [Fact]
    public async Task Each_agent_that_is_found_is_looked_at_and_no_other()
    {
        foreach (var name in new[] { "codex", "gemini" })
        {
            var program = Path.Combine(folder.FullName, name);
            await File.WriteAllTextAsync(program, "#!/bin/sh\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "policy.json"), """{"environment":{"allow":["GEMINI_API_KEY"]}}""");
        var environment =
            new Dictionary<string, string>(Both) { ["PATH"] = folder.FullName, ["HOME"] = folder.FullName, ["GEMINI_API_KEY"] = "secret" };
        var user = new UserEnvironment(
            environment, new UserAccount("me", folder.FullName, "/bin/sh"), (
                _, start) => Task.FromResult<IReadOnlyDictionary<string, string>?>(start));
        var findings = await new LocalProbes(folder.FullName, WorkerSettings.None, user, TimeProvider.System).CollectFindings();
        Assert.Equal(["codex-key"],
            findings.Select(finding => finding.Check).Where(check => check.EndsWith("-key", StringComparison.Ordinal)));
    }
}
