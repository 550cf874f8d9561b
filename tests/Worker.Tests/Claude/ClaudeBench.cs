using System.Text.Json.Nodes;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Tests.Execution;

namespace OpenClaw.Worker.Tests.Claude;

/// <summary>A person's home with the real CLI in their environment, for one test.</summary>
internal sealed class ClaudeBench(FakeAnthropic api) : IDisposable
{
    public ScratchFolder Home { get; } = new();
    public string Session { get; } = Guid.NewGuid().ToString();
    public AgentSettings Settings { get; set; } = new();
    public Dictionary<string, string> Environment { get; } = new()
    {
        ["CLAUDE_PATH"] = api.Cli,
        ["ANTHROPIC_BASE_URL"] = api.Url,
        ["ANTHROPIC_API_KEY"] = "sk-test",
        ["DISABLE_AUTOUPDATER"] = "1",
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
    };

    public string ConfigFolder => Home.At(".claude");

    public string SessionFile => Assert.Single(new ClaudeSessions().All(ConfigFolder), file => file.Name == Session + ".jsonl").FullName;

    public TestAttempt Attempt(string prompt, string? session = null, string? model = null, string? cwd = null, JsonObject? more = null)
    {
        var payload = more ?? [];
        payload["prompt"] = prompt;
        payload["sessionId"] = session ?? Session;
        if (model is not null) payload["model"] = model;
        if (cwd is not null) payload["cwd"] = cwd;
        return new(Kinds.Claude, payload.ToJsonString(), Home.Path, Environment);
    }

    public Task<ExecutionResult> Run(TestAttempt attempt) => attempt.Run(new AgentExecutor(new ClaudeCli(), Settings));

    public async Task<(ExecutionResult Result, TestAttempt Attempt)> Turn(
        string prompt, string? session = null, string? model = null, string? cwd = null, JsonObject? more = null)
    {
        using var attempt = Attempt(prompt, session, model, cwd, more);
        return (await Run(attempt), attempt);
    }

    public void Dispose() => Home.Dispose();
}
