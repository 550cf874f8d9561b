using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>How the owner wants an agent to run on this PC (<c>claude</c>, <c>codex</c>, <c>gemini</c> of settings.json).</summary>
internal sealed record AgentSettings
{
    /// <summary>True when settings.json has a section for it: then it is offered even when its program is not found at the start.</summary>
    public bool Given { get; init; }

    /// <summary>Path of the CLI; null looks for it.</summary>
    public string? Program { get; init; }

    /// <summary>Model when a task names none.</summary>
    public string? Model { get; init; }

    /// <summary>Models to take when the first is overloaded, separated by commas.</summary>
    public string? FallbackModel { get; init; }

    /// <summary>The CLI's permission mode; null is its cautious one, in which nobody is there to be asked, so it is denied.</summary>
    public string? PermissionMode { get; init; }

    /// <summary>Run without any permission checks.</summary>
    public bool SkipPermissions { get; init; }

    /// <summary>Tools it may use unasked, such as <c>Bash(git *)</c>.</summary>
    public IReadOnlyList<string> AllowedTools { get; init; } = [];

    /// <summary>Variables beside the person's own.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>A turn that has brought nothing from the model for so long is ended; zero: never.</summary>
    public TimeSpan FirstOutput { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Most rounds with tools of a turn; a task can only ask for fewer.</summary>
    public int? MaxTurns { get; init; }

    /// <summary>Most US dollars of a turn; a task can only ask for less.</summary>
    public double? MaxBudgetUsd { get; init; }

    /// <summary>What the processes of a turn may use together; a task can only ask for less.</summary>
    public ProcessLimits? Limits { get; init; }

    public static AgentSettings ReadSection(SettingsObject root, string section, AgentAbilities abilities)
    {
        var given = root.HasField(section);
        var json = root.ReadObject(section);
        var settings = new AgentSettings
        {
            Given = given,
            Program = ReadArgument(json, "program"),
            Model = ReadArgument(json, "model"),
            PermissionMode = ReadArgument(json, "permissionMode"),
            SkipPermissions = json.ReadBoolean("skipPermissions"),
            Env = json.ReadVariables("env"),
            FirstOutput = json.ReadMilliseconds("firstOutput", orZero: true) ?? TimeSpan.FromSeconds(90),
            FallbackModel = abilities.Fallback ? ReadArgument(json, "fallbackModel") : null,
            AllowedTools = abilities.Tools ? json.ReadStrings("allowedTools") : [],
            Limits = ProgramLimits.ReadSection(json),
            MaxTurns = abilities.Limits ? (int?)json.ReadNumber("maxTurns", 1, Protocol.Limits.AgentTurns) : null,
            MaxBudgetUsd = abilities.Limits ? json.ReadNumber("maxBudgetUsd", 0.000001, Protocol.Limits.AgentBudgetUsd) : null,
        };
        if (settings.SkipPermissions && settings.PermissionMode is not null)
            json.AddError("skipPermissions", "and permissionMode exclude each other");
        if (settings.AllowedTools.Any(tool => tool.StartsWith('-') || tool.Length == 0))
            json.AddError("allowedTools", "must hold names of tools");
        json.RejectUnknownFields();
        return settings;
    }

    // Each becomes an argument of its own, and none may be taken for an option.
    private static string? ReadArgument(SettingsObject json, string field)
    {
        var text = json.ReadString(field);
        if (text?.StartsWith('-') is not true) return text;
        json.AddError(field, "must not begin with -");
        return null;
    }
}
