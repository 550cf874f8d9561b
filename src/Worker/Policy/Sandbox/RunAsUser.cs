using System.Runtime.InteropServices;
using OpenClaw.Worker.Execution;

namespace OpenClaw.Worker.Policy.Sandbox;

/// <summary>The user that programs run as when the worker itself is root. Linux.</summary>
internal sealed partial record RunAsUser(string Name, uint Uid, uint Gid, string Home, string Shell)
{
    private const string Changer = "setpriv";

    /// <summary>Null when the system does not know the name.</summary>
    public static unsafe RunAsUser? FindByName(string name)
    {
        var entry = stackalloc nint[8];
        var texts = stackalloc byte[16 * 1024];
        nint found = 0;
        if (GetPwNam(name, entry, texts, 16 * 1024, &found) != 0 || found == 0) return null;
        // struct passwd: name, password, uid and gid in one word, real name, home, shell.
        var ids = (uint*)(entry + 2);
        return new RunAsUser(name, ids[0], ids[1], Marshal.PtrToStringUTF8(entry[4]) ?? "/",
            Marshal.PtrToStringUTF8(entry[5]) ?? "/bin/sh");
    }

    /// <summary>
    /// The arguments that run a program as this user and let it gain nothing by set-user-id files; null: no tool for it here.
    /// </summary>
    public IReadOnlyList<string>? WrapArguments(IReadOnlyList<string> argv) => SystemProgram.FindPath(Changer) is { } changer
        ? [changer, $"--reuid={Uid}", $"--regid={Gid}", "--init-groups", "--no-new-privs", "--", .. argv]
        : null;

    /// <summary>Changes what the environment says of the person.</summary>
    public void SetVariables(Dictionary<string, string> environment)
    {
        var shell = ShellChoice.IsKnownNonShell(Shell) ? ShellChoice.Fallback : Shell;
        (environment["HOME"], environment["USER"], environment["LOGNAME"], environment["SHELL"]) = (Home, Name, Name, shell);
    }

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int GetPwNam(string name, nint* entry, byte* buffer, nint size, nint* result);
}

/// <summary>Finds a tool of the system where no task can have put one.</summary>
internal static class SystemProgram
{
    private static readonly string[] Folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];

    public static string? FindPath(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
