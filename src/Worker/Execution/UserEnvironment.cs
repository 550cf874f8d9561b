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
    private readonly Lazy<Task<IReadOnlyDictionary<string, string>>> captured;

    /// <param name="own">The worker's own environment.</param>
    /// <param name="account">What the system knows of the person.</param>
    /// <param name="askLoginShell">Starts from an environment and gives the login shell's, or null when it fails.</param>
    public UserEnvironment(
        IReadOnlyDictionary<string, string> own, UserAccount account,
        Func<string, IReadOnlyDictionary<string, string>, Task<IReadOnlyDictionary<string, string>?>> askLoginShell)
    {
        var start = Basics(Cleaned(own), account);
        Home = account.Home ?? start["HOME"];
        Shell = FirstThatExists(own.GetValueOrDefault("SHELL"), account.Shell);
        captured = new(async () =>
        {
            var login = await askLoginShell(Shell, start).ConfigureAwait(false);
            Answered = login is not null;
            return login is null ? start : Basics(Cleaned(login), account);
        });
    }

    /// <summary>How the platform compares names of variables.</summary>
    public static StringComparer NameComparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Their shell: $SHELL, else the account's, else /bin/sh; on Windows PowerShell.</summary>
    public string Shell { get; }

    /// <summary>Their home folder: where a task runs that names no folder.</summary>
    public string Home { get; }

    /// <summary>This process's own.</summary>
    public static UserEnvironment OfThisProcess(TimeProvider clock)
    {
        var own = new Dictionary<string, string>(NameComparer);
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
            own[(string)pair.Key] = (string?)pair.Value ?? "";
        var login = new LoginShell(clock);
        return new UserEnvironment(own, UserAccount.Current(), login.Ask);
    }

    /// <summary>The person's environment as in their login shell, without the worker's own variables. Captured once.</summary>
    public Task<IReadOnlyDictionary<string, string>> Get() => captured.Value;

    /// <summary>The login shell gave its environment when it was asked.</summary>
    public bool Answered { get; private set; }

    /// <summary>The same when it is known already; asks for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Known =>
        captured is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } done } ? done.Result : null;

    /// <summary>A folder a task names: absolute, <c>~/x</c>, or relative to the home folder.</summary>
    public string Folder(string? named) => named switch
    {
        null or "" or "~" => Home,
        _ when named.StartsWith("~/", StringComparison.Ordinal) => Path.Combine(Home, named[2..]),
        _ => Path.Combine(Home, named),
    };

    private static Dictionary<string, string> Cleaned(IReadOnlyDictionary<string, string> environment) => environment
        .Where(pair => !OwnVariables.Contains(pair.Key, NameComparer)
            && !OwnPrefixes.Any(prefix => pair.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
        .ToDictionary(pair => pair.Key, pair => pair.Value, NameComparer);

    private static Dictionary<string, string> Basics(Dictionary<string, string> environment, UserAccount account)
    {
        environment.TryAdd("HOME", account.Home ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        if (OperatingSystem.IsWindows())
            return environment;
        environment.TryAdd("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        if (account.Name is { } name)
        {
            environment.TryAdd("USER", name);
            environment.TryAdd("LOGNAME", name);
        }
        return environment;
    }

    private static string FirstThatExists(params string?[] shells) => OperatingSystem.IsWindows()
        ? "powershell.exe"
        : shells.FirstOrDefault(shell => shell is { Length: > 0 } && Path.IsPathRooted(shell) && File.Exists(shell)) ?? "/bin/sh";
}
