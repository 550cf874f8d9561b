namespace OpenClaw.Worker.Policy;

/// <summary>
/// What the owner lets an agent do on this PC (<c>agents.NAME</c> of the policy). These narrow what <c>settings.json</c> or a task asks
/// for; they never widen it.
/// </summary>
internal sealed record AgentRules
{
    /// <summary>The permission mode it runs in; null: what the settings say.</summary>
    public string? PermissionMode { get; init; }
    /// <summary>Tools it may use unasked; null: what the settings say.</summary>
    public IReadOnlyList<string>? AllowedTools { get; init; }
    /// <summary>Tools it may never use.</summary>
    public IReadOnlyList<string> DisallowedTools { get; init; } = [];
    /// <summary>True: it may run with its permission checks switched off when the settings say so.</summary>
    public bool AllowBypass { get; init; }
}
