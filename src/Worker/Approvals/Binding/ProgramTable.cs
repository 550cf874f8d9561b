namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>What a program does with its arguments, as far as code is concerned.</summary>
internal abstract record ProgramTraits
{
    private ProgramTraits()
    {
    }

    /// <summary>Its arguments are data: it runs nothing of what they say.</summary>
    internal sealed record Reads : ProgramTraits;

    /// <summary>It runs the script that its first operand names.</summary>
    /// <param name="Flags">Letters of options without a value, which may stand before the script.</param>
    internal sealed record Runs(string Flags = "") : ProgramTraits
    {
        /// <summary>A word before the script, such as <c>-jar</c>; null: none.</summary>
        public string? Lead { get; init; }
        /// <summary>Without the word before it, what runs is not told from the arguments.</summary>
        public bool NeedsLead { get; init; }
        /// <summary>It has commands besides scripts (<c>bun install</c>): a script is a word with a dot.</summary>
        public bool HasCommands { get; init; }
    }

    /// <summary>It starts the program that its operands name.</summary>
    /// <param name="Operands">So many operands stand before the program, such as the seconds of <c>timeout</c>.</param>
    /// <param name="Flags">Options without a value.</param>
    /// <param name="Valued">Options with one, as the next word.</param>
    internal sealed record Starts(int Operands, string[] Flags, string[] Valued) : ProgramTraits;

    /// <summary>What it runs can't be told from its arguments.</summary>
    internal sealed record Hides(string Why) : ProgramTraits;
}

/// <summary>
/// The programs whose way with their arguments is known. Data: a program that is missing here is not taken as harmless, see
/// <see cref="ProgramWords"/>.
/// </summary>
internal static class ProgramTable
{
    private static readonly string[] SystemFolders = ["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/"];
    private static readonly Dictionary<string, ProgramTraits> ByName = CreateTable();

    /// <summary>What is known of the program of this word; null: nothing. A file elsewhere that is called <c>cat</c> is not cat.</summary>
    public static ProgramTraits? FindTraits(string word)
    {
        if (ByName.GetValueOrDefault(TrimVersion(Path.GetFileName(word))) is not { } traits) return null;
        return traits is ProgramTraits.Reads or ProgramTraits.Starts && word.Contains('/', StringComparison.Ordinal)
            && !SystemFolders.Contains(Path.GetDirectoryName(word) + "/", StringComparer.Ordinal) ? null : traits;
    }

    /// <summary><c>python3.12</c> is python.</summary>
    public static string TrimVersion(string name) => name.TrimEnd("0123456789.".ToCharArray()) is { Length: > 0 } bare ? bare : name;

    private static Dictionary<string, ProgramTraits> CreateTable()
    {
        var table = new Dictionary<string, ProgramTraits>(StringComparer.Ordinal);
        void Add(string names, ProgramTraits traits)
        {
            foreach (var name in names.Split(' ')) table.Add(name, traits);
        }
        Add("cat tac head tail wc ls stat du df pwd echo printf true false date sleep test grep egrep fgrep cut uniq tr basename dirname "
            + "realpath readlink id whoami uname diff cmp comm od xxd strings seq nl fold paste join mkdir rmdir touch rm cp mv ln chmod "
            + "chown tee kill ps free uptime md5sum sha1sum sha256sum sha512sum cksum b2sum which jq", new ProgramTraits.Reads());
        Add("sh ash bash dash ksh mksh zsh yash", new ProgramTraits.Runs("efuxnv"));
        Add("python pypy", new ProgramTraits.Runs("bBdEIOqRsSuvP"));
        Add("perl", new ProgramTraits.Runs("wWXtT"));
        Add("ruby", new ProgramTraits.Runs("wW"));
        Add("node nodejs php lua luajit fish Rscript tclsh wish expect osascript guile julia elixir escript groovy raku ts-node tsx",
            new ProgramTraits.Runs());
        Add("bun", new ProgramTraits.Runs { Lead = "run", HasCommands = true });
        Add("deno", new ProgramTraits.Runs { Lead = "run", NeedsLead = true, HasCommands = true });
        Add("dotnet mono", new ProgramTraits.Runs { HasCommands = true });
        Add("java javaw", new ProgramTraits.Runs { Lead = "-jar", NeedsLead = true });
        Add("awk gawk mawk nawk", new ProgramTraits.Runs { Lead = "-f", NeedsLead = true });
        Add("pwsh powershell", new ProgramTraits.Runs { Lead = "-File", NeedsLead = true });
        // With another environment than the task's (-i, -u) it looks for the program elsewhere.
        Add("env", new ProgramTraits.Starts(0, [], []));
        Add("nohup", new ProgramTraits.Starts(0, [], []));
        Add("nice", new ProgramTraits.Starts(0, [], ["-n", "--adjustment"]));
        Add("ionice", new ProgramTraits.Starts(0, ["-t"], ["-c", "-n"]));
        Add("time", new ProgramTraits.Starts(0, ["-p", "-v"], ["-f", "-o"]));
        Add("timeout", new ProgramTraits.Starts(1, ["-v", "--foreground", "--preserve-status", "--verbose"], ["-k", "-s"]));
        Add("setsid", new ProgramTraits.Starts(0, ["-c", "-f", "-w", "--fork", "--wait", "--ctty"], []));
        Add("stdbuf", new ProgramTraits.Starts(0, [], ["-i", "-o", "-e"]));
        Add("taskset", new ProgramTraits.Starts(1, ["-a", "-c", "--cpu-list", "--all-tasks"], []));
        Add("chrt", new ProgramTraits.Starts(1, ["-a", "-b", "-f", "-i", "-o", "-r"], []));
        Add("flock", new ProgramTraits.Starts(1, ["-n", "-x", "-s", "-e", "-o", "-F", "--nonblock", "--shared"], ["-w", "-E"]));
        Add("sudo doas su runuser setpriv xargs find ssh busybox toybox watch strace ltrace gdb parallel chroot unshare nsenter fakeroot "
            + "script systemd-run systemctl service launchctl crontab dpkg apt apt-get "
            + "at batch screen tmux ld-linux-x86-64.so ld-linux-aarch64.so ld-linux.so",
            new ProgramTraits.Hides("runs other programs"));
        Add("npx npm pnpm yarn bunx make gmake ninja cmake go cargo rustup uv uvx poetry pipx pip conda gradle mvn rake bundle just task "
            + "ant git hg svn docker podman nerdctl kubectl tox pytest ansible ansible-playbook terraform",
            new ProgramTraits.Hides("runs what its folder, its configuration or the network names"));
        Add("sed ed ex vi vim nvim emacs sqlite psql mysql less more tar rsync man",
            new ProgramTraits.Hides("can run programs that its arguments or its input name"));
        return table;
    }
}
