using OpenClaw.Worker.Services.Platforms;

namespace OpenClaw.Worker.Services;

/// <summary>How this very program is started again.</summary>
internal static class ThisProgram
{
    /// <summary>The one file; when it is built, not published, the runtime and the assembly.</summary>
    public static IReadOnlyList<string> Path { get; } = FindCommand(Environment.ProcessPath, Environment.GetCommandLineArgs()[0]);

    public static IReadOnlyList<string> FindCommand(string? process, string first) => process is null ? [] :
        System.IO.Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, System.IO.Path.GetFullPath(first)] : [process];

    /// <summary>How it is typed, so that a suggested command can be pasted: the name alone only where PATH leads to this file.</summary>
    /// <param name="program">What <see cref="Path"/> is.</param>
    /// <param name="path">PATH of the terminal.</param>
    /// <param name="realPath">The file a path leads to, links followed; null: there is none.</param>
    public static string FormatTyped(IReadOnlyList<string> program, string path, Func<string, string?> realPath)
    {
        if (program is not [var file]) return string.Join(' ', program.Select(BackgroundDaemon.QuoteArgument));
        var name = System.IO.Path.GetFileName(file);
        var found = path.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => realPath(System.IO.Path.Combine(folder, name))).FirstOrDefault(real => real is not null);
        return found is not null && found == realPath(file) ? name : BackgroundDaemon.QuoteArgument(file);
    }

    /// <summary>Links followed to the end; null when nothing is there.</summary>
    public static string? FindRealPath(string path)
    {
        try
        {
            return File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
