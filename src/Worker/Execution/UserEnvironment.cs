using OpenClaw.Worker.FileSystems;

namespace OpenClaw.Worker.Execution;

/// <summary>
/// The environment, shell and home folder of the person the worker runs as. A service manager starts the worker with another PATH
/// than the person's terminal has, so the login shell is asked once, at the first task that needs it, never at start-up.
/// </summary>
internal sealed class UserEnvironment
{
    private static readonly string[] OwnVariables =
        ["MAX_CONCURRENT", "LONG_POLL_WAIT", "DRAIN_TIMEOUT", "POLL_INTERVAL", "DISCORD_BOT_TOKEN"];
    private static readonly string[] OwnPrefixes = ["WORKER_", "OPENCLAW_"];
    private static readonly TimeSpan AtStart = TimeSpan.FromSeconds(5);
    private readonly Lazy<Task<IReadOnlyDictionary<string, string>>> captured;

    /// <param name="own">The worker's own environment.</param>
    /// <param name="account">What the system knows of the person.</param>
    /// <param name="askLoginShell">Starts from an environment and gives the login shell's, or null when it fails.</param>
    /// <param name="probe">Looks at shells; null: a file that is there and not known to be none is one.</param>
    public UserEnvironment(
        IReadOnlyDictionary<string, string> own,
        UserAccount account,
        Func<string, IReadOnlyDictionary<string, string>, Task<IReadOnlyDictionary<string, string>?>> askLoginShell,
        ShellProbe? probe = null)
    {
        var (start, variable, shells) = (AddBasics(WithoutOwnVariables(own), account), own.GetValueOrDefault("SHELL"),
            probe ?? ShellProbe.ByName);
        Home = account.Home ?? start["HOME"];
        ChooseShell(variable, account, shells, _ => true);
        captured = new(async () =>
        {
            // Here and not at start-up: it may take seconds. Whoever runs a command has waited for this.
            var useless = new HashSet<string>(StringComparer.Ordinal);
            while (!ShellChoice.IsKnown(Shell) && !await shells.RunsText(Shell))
            {
                useless.Add(Shell);
                ChooseShell(variable, account, shells, path => !useless.Contains(path));
            }
            ReplaceShell(start, variable);
            var login = await askLoginShell(Shell, start);
            LoginShellAnswered = login is not null;
            var environment =
                ReplaceShell(login is null ? new(start, NameComparer) : AddBasics(WithoutOwnVariables(login), account), variable);
            HasPresetLocale = PresetVariables.AddTo(environment, PresetVariables.UnicodeLocale);
            return environment;
        });
    }

    /// <summary>How the platform compares names of variables.</summary>
    public static StringComparer NameComparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>
    /// Their shell: $SHELL, else the account's, else /bin/sh; on Windows PowerShell. Chosen by name until <see cref="GetVariables"/> has
    /// tried it.
    /// </summary>
    public string Shell { get; private set; } = ShellChoice.Fallback;

    /// <summary>For people: a shell that was named and is not used, for it is none; null: there is nothing to say.</summary>
    public string? ShellNotice { get; private set; }

    /// <summary>
    /// Nothing here says in which locale programs run, so one was set. Known once <see cref="GetVariables"/> has given the environment.
    /// </summary>
    public bool HasPresetLocale { get; private set; }

    /// <summary>Their home folder: where a task runs that names no folder.</summary>
    public string Home { get; }

    /// <param name="clock">The clock.</param>
    /// <param name="shellReplaced">Called with a notice for each named shell that is not used; null: no notices.</param>
    public static UserEnvironment CreateForProcess(TimeProvider clock, Action<string>? shellReplaced = null)
    {
        var own = new Dictionary<string, string>(NameComparer);
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
            own[(string)pair.Key] = (string?)pair.Value ?? "";
        var (login, files) = (new LoginShell(clock), new FileSystemCalls(mostHanging: 4, clock));
        var probe = new ShellProbe(path => files.RunWithTimeout(() => File.Exists(path), false, AtStart), login.RunsText, shellReplaced);
        return new UserEnvironment(own, UserAccount.GetCurrent(), login.CaptureEnvironment, probe)
        {
            FindLoginFailure = () => login.Failure,
        };
    }

    /// <summary>The person's environment as in their login shell, without the worker's own variables. Captured once.</summary>
    public Task<IReadOnlyDictionary<string, string>> GetVariables() => captured.Value;

    /// <summary>The login shell gave its environment when it was asked.</summary>
    public bool LoginShellAnswered { get; private set; }

    /// <summary>Why it did not, the rest of a sentence; null: nobody knows.</summary>
    public Func<string?>? FindLoginFailure { get; init; }

    /// <summary>The same when it is known already; asks for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Known =>
        captured is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } done } ? done.Result : null;

    /// <summary>A folder a task names: absolute, <c>~/x</c>, or relative to the home folder.</summary>
    public string ResolveFolder(string? named) => named switch
    {
        null or "" or "~" => Home,
        _ when named.StartsWith("~/", StringComparison.Ordinal) => Path.Combine(Home, named[2..]),
        _ => Path.Combine(Home, named),
    };

    private static Dictionary<string, string> WithoutOwnVariables(IReadOnlyDictionary<string, string> environment) => environment
        .Where(pair => !OwnVariables.Contains(pair.Key, NameComparer)
            && !OwnPrefixes.Any(prefix => pair.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        .ToDictionary(pair => pair.Key, pair => pair.Value, NameComparer);

    private static Dictionary<string, string> AddBasics(Dictionary<string, string> environment, UserAccount account)
    {
        environment.TryAdd("HOME", account.Home ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        if (OperatingSystem.IsWindows()) return environment;
        environment.TryAdd("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        if (account.Name is { } name)
        {
            environment.TryAdd("USER", name);
            environment.TryAdd("LOGNAME", name);
        }
        return environment;
    }

    private void ChooseShell(string? variable, UserAccount account, ShellProbe probe, Func<string, bool> runsText)
    {
        if (OperatingSystem.IsWindows())
        {
            Shell = "powershell.exe";
            return;
        }
        (Shell, var notice) = ShellChoice.FromCandidates([("SHELL", variable), ("the account's", account.Shell)], probe.Exists, runsText);
        if (notice is null || notice == ShellNotice) return;
        ShellNotice = notice;
        probe.Replaced?.Invoke(notice);
    }

    /// <summary>Programs start what SHELL names, so it names none that is not used here.</summary>
    private Dictionary<string, string> ReplaceShell(Dictionary<string, string> environment, string? rejected)
    {
        if (ShellNotice is not null && environment.GetValueOrDefault("SHELL") is { } named
            && (named == rejected || ShellChoice.IsKnownNonShell(named)))
            environment["SHELL"] = Shell;
        return environment;
    }
}
