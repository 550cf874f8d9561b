using System.Globalization;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Execution.Gemini;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;
using OpenClaw.Worker.Policy.Rules;

namespace OpenClaw.Worker.Diagnosis;

/// <summary>Looks at this PC as the worker would find it. Leaves nothing behind.</summary>
internal sealed class LocalProbes(string home, WorkerSettings settings, UserEnvironment user, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ProgramProbe programs = new(clock);

    public async Task<IReadOnlyList<Finding>> Look()
    {
        var (status, login) = (await Status().ConfigureAwait(false), await Login().ConfigureAwait(false));
        var environment = login ?? await user.Get().ConfigureAwait(false);
        var own = status?.Path ?? Environment.GetEnvironmentVariable("PATH") ?? "";
        var (policy, errors) = PolicyFile.Load(home, PolicyPlace.Here(home));
        var rules = (policy ?? OwnerPolicy.None).Environment;
        var seen = Home(home);
        var findings = new List<Finding>
        {
            LocalJudgement.Home(home, seen),
            LocalJudgement.Disk(await Disk().ConfigureAwait(false)),
            LocalJudgement.Shell(user.Shell, OperatingSystem.IsWindows() || File.Exists(user.Shell), login, user.ShellNotice),
            LocalJudgement.Path(own, login?.GetValueOrDefault("PATH")),
            LocalJudgement.Claude(await Claude(environment, rules).ConfigureAwait(false)),
        };
        if (!OperatingSystem.IsWindows())
            findings.Add(LocalJudgement.Locale(PresetVariables.LocaleOf(environment), user.HasPresetLocale));
        foreach (var (kind, program) in settings.Kinds)
            findings.Add(LocalJudgement.Kind(kind, program.Program[0], Exists(program.Program[0], environment)));
        // A daemon that runs knows more: it goes on with the policy before when the file has faults, or is gone.
        if (seen.Closed is null)
            findings.Add(LocalJudgement.Policy(policy?.Name, status?.PolicyFaults ?? errors));
        findings.AddRange(AgentKeys.Withheld(Agents(environment), environment, rules));
        findings.Add(await Sandbox(environment, policy?.Sandbox is not null).ConfigureAwait(false));
        return findings;
    }

    private async Task<WorkerStatus?> Status()
    {
        using var late = new CancellationTokenSource(Patience, clock);
        try
        {
            return (await ControlClient.Ask(home, StatusCommand.Name, null, ControlJson.Default.WorkerStatus, late.Token).ConfigureAwait(false)).Value;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>On Windows there is no login shell to ask, and tasks have the person's variables anyway.</summary>
    private async Task<IReadOnlyDictionary<string, string>?> Login() =>
        await user.Get().ConfigureAwait(false) is var got && (user.Answered || OperatingSystem.IsWindows()) ? got : null;

    /// <summary>The home folder alone.</summary>
    public static Finding LookAtHome(string home) => LocalJudgement.Home(home, Home(home));

    private static SeenHome Home(string home)
    {
        try
        {
            if (ClosedHome.Explain(home, "doctor") is { } closed)
                return new SeenHome(false, false, false) { Closed = closed };
            if (!Directory.Exists(home))
                return new SeenHome(false, false, false);
            var probe = Path.Combine(home, $".doctor-{Environment.ProcessId}");
            var open = !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(home) & (UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute)) != 0;
            try
            {
                File.WriteAllText(probe, "");
                File.Delete(probe);
                return new SeenHome(true, true, open) { Foreign = HomeIdentity.WhyForeign(Path.GetFullPath(home), MachineId.Read()) };
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return new SeenHome(true, false, open);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new SeenHome(false, false, false, error.Message);
        }
    }

    private async Task<SeenDisk?> Disk()
    {
        var there = home;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { Length: > 0 } parent)
            there = parent;
        try
        {
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(Path.GetFullPath(there))! : there);
            var inodes = OperatingSystem.IsWindows() ? null : await programs.Ask(["/bin/df", "-Pi", there], Patience).ConfigureAwait(false);
            return new SeenDisk(drive.AvailableFreeSpace, drive.TotalSize, InodesOf(inodes?.Text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Free ones from the answer of <c>df -Pi</c>: the number before the percentage. File systems without any say 0 of 0.
    /// </summary>
    public static long? InodesOf(string? text)
    {
        var words = text?.Split('\n').ElementAtOrDefault(1)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var at = Array.FindLastIndex(words, word => word.EndsWith('%') || word == "-");
        return at >= 3 && long.TryParse(words[at - 1], NumberStyles.None, CultureInfo.InvariantCulture, out var free)
            && long.TryParse(words[at - 2], NumberStyles.None, CultureInfo.InvariantCulture, out var used) && free + used > 0 ? free : null;
    }

    private async Task<SeenClaude> Claude(IReadOnlyDictionary<string, string> environment, EnvironmentRules rules)
    {
        if (AgentHome.FindProgram(new ClaudeCli().Program, settings.Claude, environment, user.Home)?.Path is not { } program)
            return new SeenClaude(null, null, null);
        var answer = await programs.Ask([program, "--version"], Patience, environment).ConfigureAwait(false);
        return new SeenClaude(program, answer is { ExitCode: 0 } ? answer.Text.Trim() : null, await LoggedIn(environment, rules).ConfigureAwait(false));
    }

    private IEnumerable<SeenAgent> Agents(IReadOnlyDictionary<string, string> environment)
    {
        var codex = new CodexCli(new SessionNames(Path.Combine(home, "agents", "codex")));
        (IAgentCli Cli, AgentSettings Settings)[] known =
            [(new ClaudeCli(), settings.Claude), (codex, settings.Codex), (new GeminiCli(), settings.Gemini)];
        return known.Where(agent => AgentHome.FindProgram(agent.Cli.Program, agent.Settings, environment, user.Home) is not null)
            .Select(agent => new SeenAgent(agent.Cli.Agent.Name, agent.Settings, agent.Cli.Keys));
    }

    /// <summary>A key that reaches it, its file of credentials, or on macOS its entry of the keychain, which is not read.</summary>
    private async Task<bool?> LoggedIn(IReadOnlyDictionary<string, string> environment, EnvironmentRules rules)
    {
        bool Reaches(string key) => AgentHome.Value(settings.Claude.Env, key) is not null || AgentHome.Value(rules.Set, key) is not null
            || (AgentHome.Value(environment, key) is not null && rules.Passes(key));
        string[] keys = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"];
        if (keys.Any(Reaches))
            return true;
        if (File.Exists(Path.Combine(new ClaudeSessions().ConfigFolder(environment, user.Home), ".credentials.json")))
            return true;
        if (!OperatingSystem.IsMacOS())
            return false;
        var entry = await programs.Ask(["/usr/bin/security", "find-generic-password", "-s", "Claude Code-credentials"], Patience).ConfigureAwait(false);
        return entry is null ? null : entry.ExitCode == 0;
    }

    private async Task<Finding> Sandbox(IReadOnlyDictionary<string, string> environment, bool wanted)
    {
        var linux = OperatingSystem.IsLinux();
        var found = linux && Exists("bwrap", environment);
        var answer = found
            ? await programs.Ask(["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--unshare-pid", "true"], Patience, environment).ConfigureAwait(false)
            : null;
        return LocalJudgement.Sandbox(wanted, found, answer is { ExitCode: 0 }, linux);
    }

    private static bool Exists(string program, IReadOnlyDictionary<string, string> environment) => Path.IsPathFullyQualified(program)
        ? File.Exists(program)
        : environment.GetValueOrDefault("PATH", "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || (OperatingSystem.IsWindows() && File.Exists(Path.Combine(folder, program + ".exe"))));
}
