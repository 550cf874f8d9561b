namespace OpenClaw.Worker.Execution.Files;

/// <summary>A path as a task gives it, made absolute; or the sentence that says why it can't be.</summary>
internal readonly record struct ResolvedPath(string? Full, string? Error);

/// <summary>
/// What a path in a task means on this PC: relative ones begin at the worker's home, <c>~/x</c> is in the home. Nobody
/// else's home is looked up.
/// </summary>
internal static class FilePaths
{
    /// <summary>The absolute path for <paramref name="path"/>.</summary>
    public static ResolvedPath Resolve(string path, string home, bool windows)
    {
        if (string.IsNullOrEmpty(path)) return CreateError("the path is empty");
        if (path.Contains('\0')) return CreateError("the path contains a NUL character");
        if (windows && FindWindowsError(path) is { } error) return CreateError(error);
        if (path == "~") return new(home, null);
        if (path.StartsWith("~/", StringComparison.Ordinal) || (windows && path.StartsWith("~\\", StringComparison.Ordinal)))
            return new(Path.GetFullPath(path[2..].TrimStart('/', '\\'), home), null);
        if (path[0] == '~') return CreateError($"{path}: only the worker's own home can be written as ~; give the whole path");
        return new(Path.GetFullPath(path, home), null);
    }

    private static ResolvedPath CreateError(string error) => new(null, error);

    private static string? FindWindowsError(string path)
    {
        if (path.StartsWith(@"\\", StringComparison.Ordinal) || path.StartsWith("//", StringComparison.Ordinal))
            return $"{path}: network and device paths are not allowed";
        var afterDrive = path.Length >= 2 && path[1] == ':' ? path[2..] : path;
        if (afterDrive.Contains(':')) return $"{path}: alternate streams are not allowed";
        return path.Split('/', '\\').Any(IsDeviceName) ? $"{path}: names a device" : null;
    }

    private static bool IsDeviceName(string part)
    {
        var name = part.Split('.')[0].TrimEnd(' ');
        return name.ToUpperInvariant() is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
            || (name.Length == 4 && char.IsAsciiDigit(name[3])
                && (name.StartsWith("COM", StringComparison.OrdinalIgnoreCase)
                    || name.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)));
    }
}
