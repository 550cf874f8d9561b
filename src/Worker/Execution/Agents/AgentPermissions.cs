using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Policy;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>An agent's permission modes, the strictest first. <see cref="Bypass"/> is the last: nothing is checked.</summary>
internal sealed record AgentModes(string Default, string Bypass, params string[][] Order)
{
    /// <summary>The place of a mode in the order; null: it is not known here, so nobody can say how strict it is.</summary>
    public int? FindRank(string mode)
    {
        var at = Array.FindIndex(Order, equals => equals.Contains(mode, StringComparer.Ordinal));
        return at < 0 ? null : at;
    }
}

/// <summary>
/// What an agent may do in a turn: the strictest of what the owner's settings, his policy and the task say. A task can only narrow; one
/// that asks for more is refused, since it would not do what its client expects. Pure.
/// </summary>
internal sealed record AgentPermissions
{
    public required string Mode { get; init; }
    /// <summary>True: no permission checks at all.</summary>
    public bool Bypass { get; init; }
    /// <summary>Tools it may use unasked.</summary>
    public IReadOnlyList<string> AllowedTools { get; init; } = [];
    /// <summary>Tools it may never use.</summary>
    public IReadOnlyList<string> DisallowedTools { get; init; } = [];

    /// <summary>The permissions, or the field of the task that asks for more than it may have and a sentence.</summary>
    public static (AgentPermissions? Permissions, string? Rejection) DecideForTask(
        AgentModes modes, AgentSettings settings, AgentRules? rules, AgentPayload task)
    {
        var owners = DecideForOwner(modes, settings, rules);
        if (task.PermissionMode is { } asked)
        {
            if (modes.FindRank(asked) is not { } rank) return (null, $"permissionMode {asked} is not known here");
            if (modes.FindRank(owners.Mode) is not { } most || rank > most)
                return (null, $"permissionMode {asked} is more than the owner of this PC allows, which is {owners.Mode}");
            owners = owners with { Mode = asked, Bypass = owners.Bypass && asked == modes.Bypass };
        }
        if (task.AllowedTools is not { } tools) return (owners, null);
        var more = tools.FirstOrDefault(tool => !owners.Bypass && !owners.AllowedTools.Any(rule => CoversTool(rule, tool)));
        return more is null
            ? (owners with { AllowedTools = tools }, null)
            : (null, $"allowedTools: {more} is not among the tools that the owner of this PC allows");
    }

    /// <summary>True when everything <paramref name="asked"/> allows a rule allows: the same, or the whole tool.</summary>
    internal static bool CoversTool(string rule, string asked) =>
        rule == asked || (!rule.Contains('(', StringComparison.Ordinal) && asked.StartsWith(rule + "(", StringComparison.Ordinal));

    private static AgentPermissions DecideForOwner(AgentModes modes, AgentSettings settings, AgentRules? rules)
    {
        var wished = settings.SkipPermissions ? modes.Bypass : settings.PermissionMode;
        var mode = ChooseStricterMode(modes, wished, rules?.PermissionMode) ?? modes.Default;
        // Never without checks where there is a policy that does not say so.
        if (mode == modes.Bypass && rules is { AllowBypass: false }) mode = modes.Default;
        return new AgentPermissions
        {
            Mode = mode,
            Bypass = mode == modes.Bypass,
            AllowedTools = IntersectTools(settings.AllowedTools, rules?.AllowedTools),
            DisallowedTools = rules?.DisallowedTools ?? [],
        };
    }

    /// <summary>The policy's mode where there is one, unless the settings' is known to be stricter.</summary>
    private static string? ChooseStricterMode(AgentModes modes, string? settings, string? policy) =>
        settings is null || policy is null ? policy ?? settings
        : modes.FindRank(settings) is { } one && modes.FindRank(policy) is { } other && one < other ? settings : policy;

    private static IReadOnlyList<string> IntersectTools(IReadOnlyList<string> settings, IReadOnlyList<string>? policy) =>
        policy is null ? settings
        : settings.Count == 0 ? policy
        : [.. settings.Where(tool => policy.Any(rule => CoversTool(rule, tool)))];
}
