namespace OpenClaw.Worker.Processes.Unix;

/// <summary>Finds the file of a program as a shell does, but in the PATH of the child's environment, not in the worker's.</summary>
internal static class ProgramPath
{
    private const int Execute = 1;

    /// <summary>The file to start; null when there is none. <paramref name="shows"/>: whether the child can see a file.</summary>
    public static string? FindFile(ProcessSpec spec, Func<string, bool>? shows = null)
    {
        var name = spec.Argv[0];
        if (name.Contains('/', StringComparison.Ordinal)) return name;
        var path = spec.Environment.GetValueOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(spec.WorkingDirectory, folder, name))
            .FirstOrDefault(file => IsProgram(file) && shows?.Invoke(file) is not false);
    }

    /// <summary>A sentence for an errno of posix_spawn.</summary>
    public static string DescribeError(ProcessSpec spec, int errno) => errno switch
    {
        2 => $"the program '{spec.Argv[0]}' was not found (or the interpreter its first line names)",
        8 => $"the file '{spec.Argv[0]}' is not a program of this system",
        13 => $"the program '{spec.Argv[0]}' may not be executed (permission denied)",
        _ => $"the program '{spec.Argv[0]}' could not be started: "
            + System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno),
    };

    private static bool IsProgram(string file) => File.Exists(file) && Native.Access(file, Execute) == 0;
}
