using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Settings;

namespace OpenClaw.Worker.Execution.Programs;

/// <summary>A custom kind: the program that runs it.</summary>
internal sealed record ProgramSettings
{
    /// <summary>Program and first arguments; the program is an absolute path or a name to look up in PATH.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>Working directory; null is the person's home.</summary>
    public string? Cwd { get; init; }

    /// <summary>Variables beside the person's own.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Longest run time, whatever the task asks for; null sets none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What is wrong with the name of a custom kind; null when nothing is.</summary>
    public static string? NameFault(string kind)
    {
        if (Kinds.BuiltIn.Contains(kind)) return "is a built-in kind and can't be replaced";
        return Names.IsName(kind) ? null : "is no name for a kind: a to z, 0 to 9 and -, at most 63, not beginning with -";
    }

    /// <summary>Reads <c>kinds.NAME</c>.</summary>
    public static ProgramSettings Read(SettingsObject kinds, string name)
    {
        var json = kinds.Object(name);
        var program = json.Texts("program");
        if (program is not [{ Length: > 0 } file, ..])
            json.Wrong("program", "must be an array that begins with a program");
        else if (!Path.IsPathFullyQualified(file) && file.AsSpan().ContainsAny('/', '\\'))
            json.Wrong("program", "must begin with an absolute path or a name without a slash");
        var settings = new ProgramSettings
        {
            Program = program,
            Cwd = json.Text("cwd"),
            Env = json.Variables("env"),
            Timeout = json.Milliseconds("timeout"),
        };
        json.RefuseOthers();
        return settings;
    }
}
