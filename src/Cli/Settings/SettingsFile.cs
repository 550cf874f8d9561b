using System.Security.Cryptography;
using System.Text.Json;

namespace OpenClaw.Cli.Settings;

/// <summary>
/// The file with the contexts, for its owner's eyes only: it has tokens in it. One that others can read is not used, as ssh does with keys.
/// </summary>
internal sealed class SettingsFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path => path;

    /// <summary><c>openclaw/contexts.json</c> in XDG_CONFIG_HOME, or where the platform keeps settings.</summary>
    public static SettingsFile Find(Terminal terminal)
    {
        var folder = terminal.Variable("XDG_CONFIG_HOME") is { } chosen && System.IO.Path.IsPathRooted(chosen)
            ? chosen : terminal.ConfigFolder;
        return new(System.IO.Path.Combine(folder, "openclaw", "contexts.json"));
    }

    /// <summary>What is in it; nothing where there is no file. Or why it can't be used.</summary>
    public (SavedSettings? Settings, VerbError? Error) Load()
    {
        if (!File.Exists(path)) return (new SavedSettings(), null);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
            return (null, new(ExitCodes.Usage, $"{path} has tokens in it and others can read it: chmod 600 {path}"));
        try
        {
            using var file = File.OpenRead(path);
            return (JsonSerializer.Deserialize(file, SettingsJson.Default.SavedSettings) ?? new SavedSettings(), null);
        }
        catch (JsonException error)
        {
            var sentence = $"{path} is not what openclaw login writes (line {error.LineNumber + 1}): delete it and log in";
            return (null, new(ExitCodes.Usage, sentence));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, new(ExitCodes.Failed, $"{path} can't be read: {error.Message}"));
        }
    }

    /// <summary>Whole or not at all: written beside, forced to the disk, renamed.</summary>
    public void Save(SavedSettings settings)
    {
        // A link to elsewhere stays one.
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        EnsureFolder(System.IO.Path.GetDirectoryName(target)!);
        var beside = $"{target}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        try
        {
            using (var file = new FileStream(beside, options))
            {
                JsonSerializer.Serialize(file, settings, SettingsJson.Default.SavedSettings);
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, target, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static void EnsureFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }
}
