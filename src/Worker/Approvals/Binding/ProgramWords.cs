namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>What the words of a command say about which files it runs. Pure.</summary>
/// <param name="Script">The script that a known interpreter runs; null: none.</param>
/// <param name="Unbound">Why the words do not say what runs, a sentence; null: program and script say it.</param>
internal sealed record ProgramWords(string? Script, string? Unbound)
{
    private static readonly HashSet<string> Shells =
        new(["sh", "ash", "bash", "dash", "ksh", "mksh", "zsh", "yash"], StringComparer.Ordinal);

    private static readonly HashSet<string> Interpreters =
        new(["python", "pypy", "node", "nodejs", "perl", "ruby", "php", "lua", "fish", "pwsh"], StringComparer.Ordinal);

    /// <summary>These start what their arguments or the network name.</summary>
    private static readonly HashSet<string> Launchers = new(
        ["env", "sudo", "doas", "su", "runuser", "setpriv", "nice", "nohup", "timeout", "time", "xargs", "find", "ssh", "busybox", "watch",
            "setsid", "stdbuf", "strace", "parallel", "chroot", "unshare", "systemd-run", "npx", "npm", "make"],
        StringComparer.Ordinal);

    /// <summary>Of a command for a shell (<paramref name="text"/>) or of a program with its arguments; neither: not a command.</summary>
    public static ProgramWords FromCommand(IReadOnlyList<string>? argv, string? text)
    {
        if (text is not null) return Unknown("a shell reads this text: what its words mean is known only when it runs");
        if (argv is not [{ Length: > 0 } program, ..]) return new(null, null);
        string[] arguments = [.. argv.Skip(1)];
        var name = TrimVersion(Path.GetFileName(program));
        if (Launchers.Contains(name)) return Unknown($"{name} runs other programs");
        var (shell, known) = (Shells.Contains(name), Interpreters.Contains(name));
        if (!shell && !known) return new(null, null);
        // bash -eu x.sh: flags without a value of their own. Of any other option it is not known here what it takes.
        var at = 0;
        while (shell && at < arguments.Length && IsShellFlag(arguments[at])) at++;
        if (at < arguments.Length && arguments[at] == "--") at++;
        if (at >= arguments.Length) return Unknown($"{name} runs what stands on its standard input");
        return arguments[at].StartsWith('-') || (name == "php" && arguments[at].StartsWith('@'))
            ? Unknown($"which code {name} runs can't be told from {arguments[at]}") : new(arguments[at], null);
    }

    private static ProgramWords Unknown(string why) => new(null, why);

    private static bool IsShellFlag(string word) => word is ['-', _, ..] && word.AsSpan(1).IndexOfAnyExcept("efuxnv") < 0;

    /// <summary><c>python3.12</c> is python.</summary>
    private static string TrimVersion(string name) => name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.');
}
