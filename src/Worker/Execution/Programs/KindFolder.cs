using System.Text.Json;
using OpenClaw.Worker.Execution.Settings;

namespace OpenClaw.Worker.Execution.Programs;

/// <summary>
/// The owner's custom kinds as files, <c>kinds/NAME.json</c> in the worker's home: one for each, so that a package can bring its own. Only
/// the owner writes there; nothing of it comes from the server.
/// </summary>
internal static class KindFolder
{
    /// <summary>Name of the folder.</summary>
    public const string Name = "kinds";

    private const long Largest = 256 * 1024;

    /// <summary>All kinds of the folder by name; every fault goes to the list, with its file.</summary>
    public static IReadOnlyDictionary<string, ProgramSettings> Load(string workerHome, List<string> errors)
    {
        var kinds = new SortedDictionary<string, ProgramSettings>(StringComparer.Ordinal);
        var folder = Path.Combine(workerHome, Name);
        if (!Directory.Exists(folder)) return kinds;
        foreach (var path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var file = $"{Name}/{Path.GetFileName(path)}";
            var faults = new List<string>();
            if (ReadFile(path, faults) is var (name, kind) && faults.Count == 0 && !kinds.TryAdd(name, kind))
                faults.Add($"name {name} is another file's already");
            errors.AddRange(faults.Select(fault => $"{file}: {fault}"));
        }
        return kinds;
    }

    private static (string Name, ProgramSettings Kind)? ReadFile(string path, List<string> faults)
    {
        try
        {
            if (new FileInfo(path).Length > Largest)
            {
                faults.Add($"is larger than {Largest} bytes");
                return null;
            }
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), SettingsObject.Relaxed);
            var json = new SettingsObject("", document.RootElement, faults);
            var name = json.ReadString("name");
            if (name is null) json.AddError("name", "is required");
            else if (ProgramSettings.FindNameError(name) is { } wrong) json.AddError("name", wrong);
            var kind = ProgramSettings.ReadKind(json);
            return name is null ? null : (name, kind);
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add(error is JsonException ? $"not valid JSON: {error.Message}" : error.Message);
            return null;
        }
    }
}
