using System.Globalization;
using OpenClaw.Worker.Logging;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>The home folder as it was found.</summary>
internal sealed record HomeFolderFacts(bool Exists, bool Writable, bool OthersMayRead, string? Error = null)
{
    /// <summary>Why this account can't look at it.</summary>
    public string? Closed { get; init; }
    /// <summary>Why it is not this PC's own; null: it is.</summary>
    public string? Foreign { get; init; }
}

/// <summary>A disk: what is free for the person. Inodes are null where there are none to count.</summary>
internal sealed record DiskFacts(long Free, long Size, long? InodesFree = null);

/// <summary>Claude Code: where it is, what it says of itself, whether it is logged in (null: not known).</summary>
internal sealed record ClaudeFacts(string? Program, string? Version, bool? LoggedIn);

/// <summary>What the probes of this PC mean. Pure.</summary>
internal static class LocalJudgement
{
    private const long LittleSpace = 1L << 30;
    private const long NoSpace = 64L << 20;
    private const long FewInodes = 10_000;
    private const long NoInodes = 100;

    /// <param name="errors">What is wrong.</param>
    /// <param name="isNew">Nothing was set up here so far.</param>
    public static Finding JudgeSettings(IReadOnlyList<string> errors, bool isNew) => (errors.Count, isNew) switch
    {
        (0, _) => Finding.Ok("settings", "options, variables and settings.json can be read"),
        (_, true) => Finding.Error("settings", string.Join("; ", errors),
            "type export WORKER_URL=https://your-server WORKER_TOKEN=ocl_wrk_..., then this again. The server told its tokens at its first "
            + "start and keeps them in the file tokens of its data folder (a cluster: in .env)"),
        _ => Finding.Error("settings", string.Join("; ", errors), "the worker does not start with these errors: correct them"),
    };

    public static Finding JudgeHome(string path, HomeFolderFacts facts)
    {
        if (facts.Error is { } error)
            return Finding.Error("home", $"{path} can't be used: {error}", "give the worker a folder of its own with OPENCLAW_WORKER_HOME");
        if (facts.Closed is { } closed)
            return Finding.Error("home", closed, "doctor looks at what the account has that the worker runs as: run it as that one");
        if (!facts.Exists) return Finding.Ok("home", $"{path} will be made at the first start");
        if (!facts.Writable)
            return Finding.Error("home", $"{path} can't be written to",
                "it belongs to another account, or the disk is read-only: without it nothing starts");
        if (facts.Foreign is { } why)
            return Finding.Error("home", $"{path} {why}",
                $"openclaw-worker claim --home {path}, or give the worker a folder of its own with OPENCLAW_WORKER_HOME");
        return facts.OthersMayRead
            ? Finding.Warning("home", $"others on this PC can read {path}", $"chmod 700 {path}")
            : Finding.Ok("home", path);
    }

    public static Finding JudgeDisk(DiskFacts? facts)
    {
        if (facts is null)
            return Finding.Warning("disk", "the free space can't be determined", "see that there is room for the journal and for results");
        var free = string.Create(CultureInfo.InvariantCulture, $"{facts.Free >> 20} MiB free of {facts.Size >> 20}");
        if (facts.Free < NoSpace) return Finding.Error("disk", free, "make room: without a journal nothing starts");
        if (facts.InodesFree is < NoInodes)
            return Finding.Error("disk", $"no inodes are left ({free})",
                "remove small files: each task needs one for its journal and one for its result");
        if (facts.InodesFree is < FewInodes)
            return Finding.Warning(
                "disk", $"{CountedNoun.FormatCount(facts.InodesFree.Value, "inode")} left, {free}", "remove small files");
        return facts.Free < LittleSpace ? Finding.Warning("disk", free, "make room") : Finding.Ok("disk", free);
    }

    /// <param name="shell">The person's shell.</param>
    /// <param name="exists">It is there.</param>
    /// <param name="login">The environment it gave; null: it gave none in time.</param>
    /// <param name="notice">What was named and is not used; null: nothing.</param>
    /// <param name="failure">Why it gave none; null: not known.</param>
    public static Finding JudgeShell(
        string shell, bool exists, IReadOnlyDictionary<string, string>? login, string? notice = null, string? failure = null) =>
        !exists
        ? Finding.Error("shell", $"{shell} is not there", "set SHELL to one that is: commands run in it")
        : login is null
            ? Finding.Error("shell", $"{shell} -l -i gave no environment: {failure ?? "it took over 5 s, or its start-up files ended it"}",
                $"see what {shell} -l -i -c env does; until then tasks have the daemon's own PATH and variables")
            : notice is not null
                ? Finding.Warning("shell", notice, "chsh -s /bin/bash, or set SHELL for the worker, if commands are to run in another")
            : Finding.Ok("shell", shell);

    /// <param name="locale">What programs of tasks run in; null: nothing is set.</param>
    /// <param name="isPreset">Nothing here sets one, so the worker does.</param>
    public static Finding JudgeLocale(string? locale, bool isPreset) => (locale, isPreset) switch
    {
        (null, _) =>
            Finding.Warning("locale", "nothing sets one, and this system has none for UTF-8 that is known", "set LANG in your profile"),
        (_, true) => Finding.Ok("locale", $"nothing here sets one, so tasks get LANG={locale}; LANG in your profile sets another"),
        _ when IsUnicode(locale) => Finding.Ok("locale", locale),
        _ => Finding.Warning("locale", $"tasks run in {locale}, where texts are not UTF-8",
            "set LANG, or LC_ALL where it is set, to C.UTF-8 or another with UTF-8"),
    };

    private static bool IsUnicode(string locale) =>
        locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);

    /// <param name="daemon">PATH of the daemon, or of this program when none runs.</param>
    /// <param name="login">PATH of the login shell, which tasks get; null: not known.</param>
    public static Finding JudgePath(string daemon, string? login)
    {
        if (login is null)
            return Finding.Warning("path", $"tasks have the daemon's: {daemon}", "mend the shell, see above");
        var missing = SplitFolders(daemon).Except(SplitFolders(login)).ToArray();
        var more = SplitFolders(login).Except(SplitFolders(daemon)).Count();
        return missing.Length > 0
            ? Finding.Warning("path", $"tasks don't have {string.Join(", ", missing)}, which the daemon has",
                "add them in the login shell's start-up file if tasks need them")
            : Finding.Ok("path", more == 0
                ? "tasks have the daemon's"
                : $"tasks have the login shell's, {CountedNoun.FormatCount(more, "folder")} more than the daemon");
    }

    public static Finding JudgeClaude(ClaudeFacts facts) => facts switch
    {
        { Program: null } =>
            Finding.Warning("claude", "Claude Code was not found", "install it, or name it in CLAUDE_PATH; other kinds don't need it"),
        { Version: null } =>
            Finding.Error("claude", $"{facts.Program} --version gave no answer", "run it yourself and see; CLAUDE_PATH names another"),
        { LoggedIn: false } => Finding.Error("claude", $"{facts.Version}, not logged in",
            "log in with claude on this PC as this person; on macOS the worker must run in the login session, see docs/worker/install.md"),
        { LoggedIn: null } =>
            Finding.Warning("claude", $"{facts.Version}, and whether it is logged in can't be told", "try claude -p hello"),
        _ => Finding.Ok("claude", $"{facts.Version}, logged in"),
    };

    public static Finding JudgeKind(string kind, string program, bool found) => found
        ? Finding.Ok("kinds", $"{kind}: {program}")
        : Finding.Error("kinds", $"{kind}: {program} was not found", "mend its program in settings.json, or take the kind out");

    /// <param name="name">The policy's name; null: there is no file.</param>
    /// <param name="errors">What is wrong with it.</param>
    public static Finding JudgePolicy(string? name, IReadOnlyList<string> errors) => (errors.Count, name) switch
    {
        ( > 0, _) =>
            Finding.Error("policy", string.Join("; ", errors),
                "mend policy.json: with these faults the worker does not start, or goes on with the policy before"),
        (_, null) => Finding.Ok("policy", "no policy.json: a task may do all that you may"),
        _ => Finding.Ok("policy", name!),
    };

    /// <param name="wanted">The policy asks for a sandbox.</param>
    /// <param name="found">The program is there.</param>
    /// <param name="works">It can make one here.</param>
    /// <param name="linux">There is such a thing on this system.</param>
    public static Finding JudgeSandbox(bool wanted, bool found, bool works, bool linux) => (wanted, found, works) switch
    {
        (_, true, true) => Finding.Ok("sandbox", "bubblewrap works"),
        (false, _, _) when !linux => Finding.Ok("sandbox", "there is none on this system, and the policy asks for none"),
        (false, false, _) => Finding.Ok("sandbox", "bubblewrap is not there, and the policy asks for none"),
        (false, true, _) =>
            Finding.Warning("sandbox", "bubblewrap is there and can't make a sandbox",
                "user namespaces are off: sysctl kernel.unprivileged_userns_clone, or AppArmor"),
        (true, false, _) =>
            Finding.Error("sandbox", "the policy asks for a sandbox and bubblewrap is not there",
                "install bubblewrap: until then such tasks are rejected"),
        (true, true, false) => Finding.Error("sandbox", "the policy asks for a sandbox and bubblewrap can't make one",
            "user namespaces are off: sysctl kernel.unprivileged_userns_clone, or AppArmor; until then such tasks are rejected"),
    };

    private static string[] SplitFolders(string path) => path.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
