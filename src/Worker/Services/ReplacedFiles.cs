using System.Text;

namespace OpenClaw.Worker.Services;

/// <summary>Writes the files of a service, and can put everything back as it was.</summary>
internal sealed class ReplacedFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Stack<(ServiceFile File, string? Before)> written = [];
    private readonly CreatedFolders folders = new();

    /// <summary>One of the files was there before.</summary>
    public bool HadAny => written.Any(one => one.Before is not null && !one.File.Secret);

    /// <summary>Null when it was written, else a sentence about why not.</summary>
    public string? WriteFile(ServiceFile file)
    {
        try
        {
            var folder = Path.GetDirectoryName(file.Path)!;
            var isNew = !Directory.Exists(folder);
            folders.CreateMissing(folder);
            if (isNew && file.Secret && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(folder, OwnerOnly | UnixFileMode.UserExecute);
            written.Push((file, File.Exists(file.Path) ? File.ReadAllText(file.Path) : null));
            WriteNew(file);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{file.Path} can't be written: {error.Message}";
        }
    }

    /// <summary>The last one first. Returns sentences about what could not be put back.</summary>
    public IReadOnlyList<string> Undo()
    {
        var errors = new List<string>();
        foreach (var (file, before) in written)
            TryChange(errors, file.Path, () => RestoreFile(file, before));
        TryChange(errors, "a folder", folders.RemoveEmpty);
        return errors;
    }

    private static void RestoreFile(ServiceFile file, string? before)
    {
        if (before is null)
            File.Delete(file.Path);
        else
            WriteNew(file with { Content = before });
    }

    private static void TryChange(List<string> errors, string path, Action change)
    {
        try
        {
            change();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{path} can't be put back: {error.Message}");
        }
    }

    /// <summary>Never for a moment readable by others: a file that is there already would keep its mode.</summary>
    private static void WriteNew(ServiceFile file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(file.Path);
            options.UnixCreateMode = OwnerOnly;
        }
        using var stream = new StreamWriter(file.Path, file.Wide ? Encoding.Unicode : new UTF8Encoding(false), options);
        stream.Write(file.Content);
        // Whatever the umask: of a service of the machine's everybody may know.
        if (!OperatingSystem.IsWindows() && !file.Secret)
            File.SetUnixFileMode(file.Path, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }
}
