using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Execution.Gemini;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Agents.RealClis;

/// <summary>A person's home with a real CLI in their environment and its settings, for one test.</summary>
internal sealed class AgentBench : IDisposable
{
    private AgentBench(string url, Func<AgentBench, IAgentCli> cli)
    {
        Cli = cli(this);
        var name = Cli.Agent.Name;
        Settings = new() { Program = AgentApis.Cli(name) };
        Environment = new()
        {
            ["ANTHROPIC_BASE_URL"] = url, ["DISABLE_AUTOUPDATER"] = "1", ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["GOOGLE_GEMINI_BASE_URL"] = url,
            // Codex runs no command when its own folder is below the one for temporary files.
            ["TMPDIR"] = Directory.CreateDirectory(Home.At("tmp")).FullName,
            ["ANTHROPIC_API_KEY"] = "sk-test", ["OPENAI_API_KEY"] = "sk-test", ["GEMINI_API_KEY"] = "test",
        };
        Home.File(".codex/config.toml", $"""
            model = "gpt-fake"
            model_provider = "fake"
            [model_providers.fake]
            name = "fake"
            base_url = "{url}/v1"
            wire_api = "responses"
            env_key = "OPENAI_API_KEY"
            request_max_retries = 1
            stream_max_retries = 1
            """);
        Home.File(".gemini/settings.json", """
            {"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},
             "general":{"disableAutoUpdate":true}}
            """);
    }

    public static AgentBench Claude(AgentApis apis) => new(apis.Url, _ => new ClaudeCli());

    public static AgentBench Codex(AgentApis apis) => new(apis.Url, bench => new CodexCli(new SessionIdMap(bench.Home.At("names"))));

    public static AgentBench Gemini(AgentApis apis) => new(apis.Url, _ => new GeminiCli());

    public static AgentBench Of(string agent, AgentApis apis) =>
        agent switch { "claude" => Claude(apis), "codex" => Codex(apis), _ => Gemini(apis) };

    public ScratchFolder Home { get; } = new();
    public IAgentCli Cli { get; }
    public TimeProvider Clock { get; set; } = TimeProvider.System;
    public string Session { get; } = Guid.NewGuid().ToString();
    public AgentSettings Settings { get; set; }
    public Dictionary<string, string> Environment { get; }

    public string ConfigFolder => Cli.Sessions.GetConfigFolder(Environment, Home.Path);

    /// <summary>The file of the only session there is under the id.</summary>
    public string SessionFile => Assert.Single(
        Cli.Sessions.ListFiles(ConfigFolder), file => file.Name.Contains(Session[..8], StringComparison.Ordinal)).FullName;

    public TestAttempt Attempt(string prompt, string? session = null, string? model = null, string? cwd = null, JsonObject? more = null)
    {
        var payload = more ?? [];
        payload["prompt"] = prompt;
        payload["sessionId"] = session ?? Session;
        // Without one Gemini CLI asks a small model first which to take.
        if ((model ?? (Cli is GeminiCli ? "gemini-test" : null)) is { } named) payload["model"] = named;
        if (cwd is not null) payload["cwd"] = cwd;
        return new(Cli.Agent.Kind, payload.ToJsonString(), Home.Path, Environment) { Clock = Clock };
    }

    public Task<ExecutionResult> Run(TestAttempt attempt) => attempt.Run(new AgentExecutor(Cli, Settings));

    public async Task<(ExecutionResult Result, TestAttempt Attempt)> Turn(
        string prompt, string? session = null, string? model = null, string? cwd = null, JsonObject? more = null)
    {
        using var attempt = Attempt(prompt, session, model, cwd, more);
        return (await Run(attempt), attempt);
    }

    public void Dispose() => Home.Dispose();
}
