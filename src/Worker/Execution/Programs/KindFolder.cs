using System.Text.Json;
using OpenClaw.Worker.Execution.Settings;

namespace OpenClaw.Worker.Execution.Programs;

/// <summary>
/// The owner's custom kinds as files, <c>kinds/NAME.json</c> in the worker's home: one for each, so that a package can bring its own. Only
/// the owner writes there; nothing of it comes from the server.
/// </summary>
internal static class KindFolder
{
    public const string Name = "kinds";

    private const long Largest = 256 * 1024;

    /// <summary>All kinds of the folder by name; every error goes to the list, with its file.</summary>
    public static IReadOnlyDictionary<string, ProgramSettings> Load(string workerHome, List<string> errors)
    {
        var kinds = new SortedDictionary<string, ProgramSettings>(StringComparer.Ordinal);
        var folder = Path.Combine(workerHome, Name);
        if (!Directory.Exists(folder)) return kinds;
        foreach (var path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var file = $"{Name}/{Path.GetFileName(path)}";
            var fileErrors = new List<string>();
            if (ReadFile(path, fileErrors) is var (name, kind) && fileErrors.Count == 0 && !kinds.TryAdd(name, kind))
                fileErrors.Add($"name {name} is another file's already");
            errors.AddRange(fileErrors.Select(error => $"{file}: {error}"));
        }
        return kinds;
    }

    private static (string Name, ProgramSettings Kind)? ReadFile(string path, List<string> errors)
    {
        try
        {
            if (new FileInfo(path).Length > Largest)
            {
                errors.Add($"is larger than {Largest} bytes");
                return null;
            }
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), SettingsObject.Relaxed);
            var json = new SettingsObject("", document.RootElement, errors);
            var name = json.ReadString("name");
            if (name is null) json.AddError("name", "is required");
            else if (ProgramSettings.FindNameError(name) is { } nameError) json.AddError("name", nameError);
            var kind = ProgramSettings.ReadKind(json);
            return name is null ? null : (name, kind);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            errors.Add(error is JsonException ? $"not valid JSON: {error.Message}" : error.Message);
            return null;
        }
    }
}
