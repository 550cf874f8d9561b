using System.Text;

namespace OpenClaw.Gateway.Security.Enrolment.Programs;

/// <summary>
/// The text that an invitation's line fetches and runs when its hash is the line's: it holds the hashes of the programs, so that the line
/// vouches for them as well. The same programs give the same text at every gateway.
/// </summary>
internal static class JoinScripts
{
    public const string Shell = "sh";
    public const string PowerShell = "powershell";

    private static readonly string ShellText = ReadResource("join.sh");
    private static readonly string PowerShellText = ReadResource("join.ps1");

    /// <summary>The script of a shell; null: there is none of this name.</summary>
    public static byte[]? Format(string shell, IEnumerable<WorkerProgram> programs)
    {
        var text = shell switch { Shell => ShellText, PowerShell => PowerShellText, _ => null };
        var table = string.Join('\n', programs.Select(program => $"{program.Platform} {program.Sha256}"));
        return text is null ? null : Encoding.ASCII.GetBytes(text.Replace("@PROGRAMS@", table, StringComparison.Ordinal));
    }

    private static string ReadResource(string name)
    {
        using var stream = typeof(JoinScripts).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
