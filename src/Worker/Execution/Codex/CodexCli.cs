using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>Codex, driven as <c>codex exec --json</c>. What it may do is its sandbox; nobody is there to be asked.</summary>
internal sealed class CodexCli(SessionIdMap names) : IAgentCli
{
    private const string Danger = "danger-full-access";

    /// <summary>Options that its program has.</summary>
    public static AgentAbilities DefaultAbilities { get; } = new(Limits: false, Tools: false, Fallback: false);

    public Agent Agent => Protocol.Payloads.Agents.Codex;

    public string Title => "Codex";

    public AgentProgram Program { get; } = new("codex", "CODEX_PATH");

    public AgentAbilities Abilities => DefaultAbilities;

    public AgentModes Modes { get; } = new("read-only", Danger, ["read-only"], ["workspace-write"], [Danger]);

    public AgentSessions Sessions { get; } = new CodexSessions(names);

    public IReadOnlyList<string> BuildArguments(string program, TurnPlan plan)
    {
        List<string> argv = [program, "exec"];
        if (plan.Session.Resume is not null) argv.Add("resume");
        else if (plan.Session.Fork is not null) argv.Add("fork");
        argv.AddRange(["--json", "--skip-git-repo-check", "-c", $"sandbox_mode=\"{plan.Permissions.Mode}\""]);
        if ((plan.Payload.Model ?? plan.Settings.Model) is { } model) argv.AddRange(["--model", model]);
        if ((plan.Session.Resume ?? plan.Session.Fork) is { } session) argv.Add(session);
        // The prompt is its standard input.
        argv.Add("-");
        return argv;
    }

    public IReadOnlyList<string> Keys { get; } = ["OPENAI_API_KEY", "CODEX_API_KEY"];

    public ITurnReader CreateTurnReader() => new CodexTurnReader();

    /// <summary>A turn's own tokens, its model and its answer are in the thread's file.</summary>
    public TurnAnswer CompleteFromFiles(TurnAnswer answer, SessionPlan session, string configFolder)
    {
        if ((string?)answer.Facts["agentSessionId"] is not { } thread) return answer;
        var file = Sessions.ListFiles(configFolder).FirstOrDefault(file => file.Name.Contains(thread, StringComparison.OrdinalIgnoreCase));
        var turn = file is null ? null : CodexRollout.ReadFile(file.FullName);
        return turn?.CompleteAnswer(answer)
            ?? CodexRollout.CompleteWithoutFile(answer, isNew: session.Resume is null && session.Fork is null);
    }
}
