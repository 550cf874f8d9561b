namespace OpenClaw.Worker.Execution;

/// <summary>The environment, shell and home folder of the person the worker runs as.</summary>
internal sealed class UserEnvironment
{
    /// <summary>How the platform compares names of variables.</summary>
    public static StringComparer NameComparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The person's environment as in their login shell, without the worker's own variables. Captured once.</summary>
    public Task<IReadOnlyDictionary<string, string>> Get() => throw new NotSupportedException();

    /// <summary>Their shell: $SHELL, else the account's, else /bin/sh; on Windows cmd.exe.</summary>
    public string Shell => "/bin/sh";

    /// <summary>Their home folder: where a task runs that names no folder.</summary>
    public string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
