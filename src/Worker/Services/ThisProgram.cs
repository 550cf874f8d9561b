namespace OpenClaw.Worker.Services;

/// <summary>How this very program is started again.</summary>
internal static class ThisProgram
{
    /// <summary>The one file; when it is built, not published, the runtime and the assembly.</summary>
    public static IReadOnlyList<string> Path { get; } = Find(Environment.ProcessPath, Environment.GetCommandLineArgs()[0]);

    public static IReadOnlyList<string> Find(string? process, string first) => process is null ? [] :
        System.IO.Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, System.IO.Path.GetFullPath(first)] : [process];
}
