using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Manifests;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Execution.Programs;

/// <summary>A custom kind: the program that runs it, and what it says of itself.</summary>
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

    /// <summary>What its processes may use; null: no limits of its own.</summary>
    public ProcessLimits? Limits { get; init; }

    /// <summary>What it does, for people and agents that look for a kind.</summary>
    public string? Description { get; init; }

    /// <summary>Schema of its payload; null: any object.</summary>
    public PayloadSchema? Schema { get; init; }

    /// <summary>The schema as its owner wrote it, which is what is sent to the server.</summary>
    public JsonElement? SchemaJson { get; init; }

    /// <summary>What is sent to the server about it; null: nothing.</summary>
    public KindManifest? ToManifest(string kind) => Description is null && SchemaJson is null ? null : new()
    {
        Kind = kind,
        Description = Description,
        Schema = SchemaJson,
        Timeout = (long?)Timeout?.TotalMilliseconds,
    };

    /// <summary>What is wrong with the name of a custom kind; null when nothing is.</summary>
    public static string? FindNameError(string kind)
    {
        if (Kinds.BuiltIn.Contains(kind)) return "is a built-in kind and can't be replaced";
        return Names.IsName(kind) ? null : "is not a valid kind name: a to z, 0 to 9 and -, at most 63, not beginning with -";
    }

    /// <summary>Reads <c>kinds.NAME</c> of settings.json.</summary>
    public static ProgramSettings ReadKind(SettingsObject kinds, string name) => ReadKind(kinds.ReadObject(name));

    /// <summary>Reads the object of a kind; a field that nobody read is an error.</summary>
    public static ProgramSettings ReadKind(SettingsObject json)
    {
        var program = json.ReadStrings("program");
        if (program is not [{ Length: > 0 } file, ..])
            json.AddError("program", "must be an array that begins with a program");
        else if (!Path.IsPathFullyQualified(file) && file.AsSpan().ContainsAny('/', '\\'))
            json.AddError("program", "must begin with an absolute path or a name without a slash");
        var (schema, text) = ReadSchema(json);
        var settings = new ProgramSettings
        {
            Program = program,
            Cwd = json.ReadString("cwd"),
            Env = json.ReadVariables("env"),
            Timeout = json.ReadMilliseconds("timeout"),
            Limits = ProgramLimits.ReadSection(json),
            Description = json.ReadString("description"),
            Schema = schema,
            SchemaJson = text,
        };
        if (settings.Description?.Length > Protocol.Limits.Description)
            json.AddError("description", $"must be at most {Protocol.Limits.Description} characters");
        json.RejectUnknownFields();
        return settings;
    }

    private static (PayloadSchema?, JsonElement?) ReadSchema(SettingsObject json)
    {
        if (json.ReadElement("schema") is not { } text) return default;
        var errors = new List<SchemaError>();
        var schema = PayloadSchema.Read(text, errors);
        foreach (var error in errors) json.AddError("schema" + error.Pointer, error.Message);
        return (schema, text.Clone());
    }
}
