using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Gemini;

/// <summary>Gemini CLI, driven with its progress as JSON lines. It can't copy a session.</summary>
internal sealed class GeminiCli : IAgentCli
{
    /// <summary>Options that its program has.</summary>
    public static AgentAbilities DefaultAbilities { get; } = new(Limits: false, Tools: true, Fallback: false);

    public Agent Agent => Protocol.Payloads.Agents.Gemini;

    public string Title => "Gemini CLI";

    public AgentProgram Program { get; } = new("gemini", "GEMINI_PATH");

    public AgentAbilities Abilities => DefaultAbilities;

    public AgentModes Modes { get; } = new("default", "yolo", ["plan"], ["default"], ["auto_edit"], ["yolo"]);

    public AgentSessions Sessions { get; } = new GeminiSessions();

    public IReadOnlyList<string> BuildArguments(string program, TurnPlan plan)
    {
        List<string> argv = [program, "--output-format", "stream-json", "--skip-trust", "--approval-mode", plan.Permissions.Mode];
        argv.AddRange(plan.Session.Resume is { } own ? ["--resume", own] : ["--session-id", plan.Session.Id]);
        if ((plan.Payload.Model ?? plan.Settings.Model) is { } model) argv.AddRange(["--model", model]);
        foreach (var tool in plan.Permissions.AllowedTools) argv.AddRange(["--allowed-tools", tool]);
        // Without a terminal and with an empty prompt here it reads its standard input.
        argv.AddRange(["--prompt", ""]);
        return argv;
    }

    public IReadOnlyList<string> Keys { get; } = ["GEMINI_API_KEY", "GOOGLE_API_KEY"];

    public ITurnReader CreateTurnReader() => new GeminiTurnReader();

    public string? ExplainExitCode(int exitCode) => GeminiErrorReader.ReadExitCode(exitCode);
}
