using System.Text;

namespace OpenClaw.Worker.Execution.Commands;

/// <summary>The argument list that makes a shell run a text. The text is one argument, whole; only that shell ever reads it.</summary>
internal static class ShellInvocation
{
    public static string[] Of(string shell, string text) => Path.GetFileNameWithoutExtension(shell).ToUpperInvariant() switch
    {
        "CMD" => [shell, "/d", "/s", "/c", text],
        // Encoded, because a command line on Windows is one string that each program splits in its own way.
        "POWERSHELL" or "PWSH" when OperatingSystem.IsWindows() =>
            [shell, "-NoProfile", "-NonInteractive", "-EncodedCommand", Convert.ToBase64String(Encoding.Unicode.GetBytes(text))],
        "POWERSHELL" or "PWSH" => [shell, "-NoProfile", "-NonInteractive", "-Command", text],
        _ => [shell, "-c", text],
    };
}
