using OpenClaw.Hosting.Settings;

namespace OpenClaw.Gateway.Hosting;

/// <summary>Where the worker's programs are that PCs fetch when they join; docs/configuration.md.</summary>
public static class ProgramSettings
{
    private static readonly Setting Folder = new(
        "OPENCLAW_WORKER_FILES",
        "Folder of the worker's programs for PCs that join, as publish.sh fills dist. Default: workers in the data folder.",
        "--worker-files");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All { get; } = [Folder];

    /// <summary>The folder, which may be filled later; null: there is none. One that was named has to be there.</summary>
    public static string? ReadFolder(SettingsReader reader, string? dataFolder)
    {
        if (reader.ReadText(Folder) is not { } text) return dataFolder is { Length: > 0 } ? Path.Combine(dataFolder, "workers") : null;
        if (!Directory.Exists(text)) reader.AddError($"{Folder.Variable} ({Folder.Option}) is '{text}'; there is no such folder.");
        return Path.GetFullPath(text);
    }
}
