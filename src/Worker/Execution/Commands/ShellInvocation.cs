using System.Text;
using OpenClaw.Worker.Processes.Arguments;

namespace OpenClaw.Worker.Execution.Commands;

/// <summary>The argument list that makes a shell run a text. The text is one argument, whole; only that shell ever reads it.</summary>
internal static class ShellInvocation
{
    /// <summary>Linux takes no longer argument, with the smallest pages there are.</summary>
    private static readonly int Longest = ArgumentSize.GetLimitOfOne(4096);

    /// <summary>A text that is too long for an argument is read from a descriptor instead, see <see cref="InheritedScript"/>.</summary>
    public static (IReadOnlyList<string> Argv, ReadOnlyMemory<byte>? Script) ChooseArguments(string shell, string text)
    {
        if (OperatingSystem.IsWindows() || Encoding.UTF8.GetByteCount(text) <= Longest)
            return (CreateArguments(shell, text), null);
        return (CreateFileArguments(shell, InheritedScript.Path), Encoding.UTF8.GetBytes(text));
    }

    public static string[] CreateArguments(string shell, string text) => GetShellName(shell) switch
    {
        "CMD" => [shell, "/d", "/s", "/c", text],
        // Encoded, because a command line on Windows is one string that each program splits in its own way.
        "POWERSHELL" or "PWSH" when OperatingSystem.IsWindows() =>
            [shell, "-NoProfile", "-NonInteractive", "-EncodedCommand", Convert.ToBase64String(Encoding.Unicode.GetBytes(text))],
        "POWERSHELL" or "PWSH" => [shell, "-NoProfile", "-NonInteractive", "-Command", text],
        _ => [shell, "-c", text],
    };

    /// <summary>
    /// Makes a shell run the text of a file as if it were its argument: its name is still $0 and its input the task's. Whatever else was
    /// named as the shell gets the file's name, as every interpreter takes one.
    /// </summary>
    public static string[] CreateFileArguments(string shell, string path) => GetShellName(shell) switch
    {
        "SH" or "ASH" or "BASH" or "DASH" or "KSH" or "MKSH" or "YASH" or "ZSH" => CreateArguments(shell, $". {path}"),
        "CSH" or "FISH" or "TCSH" => CreateArguments(shell, $"source {path}"),
        "POWERSHELL" or "PWSH" => CreateArguments(shell, $"Invoke-Expression (Get-Content -Raw {path})"),
        _ => [shell, path],
    };

    private static string GetShellName(string shell) => Path.GetFileNameWithoutExtension(shell).ToUpperInvariant();
}
