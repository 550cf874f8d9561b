using System.Globalization;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>Claude Code, driven as <c>claude -p</c> with its progress as JSON lines.</summary>
internal sealed class ClaudeCli : IAgentCli
{
    /// <summary>Options that its program has.</summary>
    public static AgentAbilities DefaultAbilities { get; } = new(Limits: true, Tools: true, Fallback: true);

    public Agent Agent => Protocol.Payloads.Agents.Claude;

    public string Title => "Claude Code";

    public AgentProgram Program { get; } = new("claude", "CLAUDE_PATH", Path.Combine(".claude", "local"));

    public AgentAbilities Abilities => DefaultAbilities;

    public AgentModes Modes { get; } =
        new("default", "bypassPermissions", ["plan"], ["dontAsk"], ["default", "manual"], ["acceptEdits"], ["auto"], ["bypassPermissions"]);

    public AgentSessions Sessions { get; } = new ClaudeSessions();

    public IReadOnlyList<string> BuildArguments(string program, TurnPlan plan)
    {
        var (payload, settings, permissions) = (plan.Payload, plan.Settings, plan.Permissions);
        var model = payload.Model ?? settings.Model;
        List<string> argv = [program, "-p", "--output-format", "stream-json", "--verbose", "--include-partial-messages"];
        argv.AddRange(BuildSessionArguments(plan.Session));
        if (model is not null) argv.AddRange(["--model", model]);
        if ((payload.FallbackModel ?? settings.FallbackModel) is { } fallback && fallback != model)
            argv.AddRange(["--fallback-model", fallback]);
        if (ChooseSmaller(payload.MaxTurns, settings.MaxTurns) is { } turns)
            argv.AddRange(["--max-turns", turns.ToString(CultureInfo.InvariantCulture)]);
        if (ChooseSmaller(payload.MaxBudgetUsd, settings.MaxBudgetUsd) is { } budget)
            argv.AddRange(["--max-budget-usd", ((decimal)budget).ToString(CultureInfo.InvariantCulture)]);
        // Passed even when it is the CLI's own default: the owner's settings may allow more at his terminal, and a task does not get that.
        if (permissions.Bypass) argv.Add("--dangerously-skip-permissions");
        else argv.AddRange(["--permission-mode", permissions.Mode]);
        if (permissions.AllowedTools.Count > 0) argv.AddRange(["--allowedTools", .. permissions.AllowedTools]);
        if (permissions.DisallowedTools.Count > 0) argv.AddRange(["--disallowedTools", .. permissions.DisallowedTools]);
        return argv;
    }

    public IReadOnlyList<string> Keys { get; } = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];

    public ITurnReader CreateTurnReader() => new ClaudeTurnReader();

    private static IEnumerable<string> BuildSessionArguments(SessionPlan session) => session switch
    {
        { Resume: { } own } => ["--resume", own],
        { Fork: { } parent } => ["--resume", parent, "--fork-session", "--session-id", session.Id],
        _ => ["--session-id", session.Id],
    };

    private static T? ChooseSmaller<T>(T? one, T? other) where T : struct, IComparable<T> =>
        one is { } a && other is { } b ? (a.CompareTo(b) < 0 ? a : b) : one ?? other;
}
