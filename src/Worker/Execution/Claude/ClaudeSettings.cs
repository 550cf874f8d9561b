using OpenClaw.Worker.Execution.Settings;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>How the owner wants Claude Code to run on this PC.</summary>
internal sealed record ClaudeSettings
{
    /// <summary>Path of the CLI; null looks for it.</summary>
    public string? Program { get; init; }

    /// <summary>Model when a task names none.</summary>
    public string? Model { get; init; }

    /// <summary>Models to take when the first is overloaded, separated by commas.</summary>
    public string? FallbackModel { get; init; }

    /// <summary>The CLI's permission mode; null is its <c>default</c>, in which nobody is there to be asked, so it is denied.</summary>
    public string? PermissionMode { get; init; }

    /// <summary>Run without any permission checks.</summary>
    public bool SkipPermissions { get; init; }

    /// <summary>Tools it may use unasked, such as <c>Bash(git *)</c>.</summary>
    public IReadOnlyList<string> AllowedTools { get; init; } = [];

    /// <summary>Variables beside the person's own.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads <c>claude</c>.</summary>
    public static ClaudeSettings Read(SettingsObject json)
    {
        var settings = new ClaudeSettings
        {
            Program = Word(json, "program"),
            Model = Word(json, "model"),
            FallbackModel = Word(json, "fallbackModel"),
            PermissionMode = Word(json, "permissionMode"),
            SkipPermissions = json.Flag("skipPermissions"),
            AllowedTools = json.Texts("allowedTools"),
            Env = json.Variables("env"),
        };
        if (settings.SkipPermissions && settings.PermissionMode is not null)
            json.Wrong("skipPermissions", "and permissionMode exclude each other");
        if (settings.AllowedTools.Any(tool => tool.StartsWith('-') || tool.Length == 0))
            json.Wrong("allowedTools", "must hold names of tools");
        json.RefuseOthers();
        return settings;
    }

    // Each becomes an argument of its own, and none may be taken for an option.
    private static string? Word(SettingsObject json, string field)
    {
        var text = json.Text(field);
        if (text?.StartsWith('-') is not true) return text;
        json.Wrong(field, "must not begin with -");
        return null;
    }
}
