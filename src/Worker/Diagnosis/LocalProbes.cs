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
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);
    private readonly ProgramProbe programs = new(clock);

    public async Task<IReadOnlyList<Finding>> CollectFindings()
    {
        var (status, login) = (await FindStatus(), await ReadLoginVariables());
        var environment = login ?? await user.GetVariables();
        var own = status?.Path ?? Environment.GetEnvironmentVariable("PATH") ?? "";
        var (policy, errors) = PolicyFile.Load(home, PolicyContext.CreateForThisPc(home));
        var rules = (policy ?? OwnerPolicy.None).Environment;
        var facts = ProbeHome(home);
        var findings = new List<Finding>
        {
            LocalJudgement.JudgeHome(home, facts),
            LocalJudgement.JudgeDisk(await ProbeDisk()),
            LocalJudgement.JudgeShell(
                user.Shell, OperatingSystem.IsWindows() || File.Exists(user.Shell), login, user.ShellNotice,
                user.FindLoginFailure?.Invoke()),
            LocalJudgement.JudgePath(own, login?.GetValueOrDefault("PATH")),
            LocalJudgement.JudgeClaude(await ProbeClaude(environment, rules)),
        };
        if (!OperatingSystem.IsWindows())
            findings.Add(LocalJudgement.JudgeLocale(PresetVariables.FindLocale(environment), user.HasPresetLocale));
        foreach (var (kind, program) in settings.Kinds)
            findings.Add(LocalJudgement.JudgeKind(kind, program.Program[0], ProgramExists(program.Program[0], environment)));
        // A daemon that runs knows more: it goes on with the policy before when the file has errors, or is gone.
        if (facts.Closed is null)
            findings.Add(LocalJudgement.JudgePolicy(policy?.Name, status?.PolicyFaults ?? errors));
        findings.AddRange(AgentKeys.FindWithheld(FindAgents(environment), environment, rules));
        findings.Add(await CheckSandbox(environment, policy?.Sandbox is not null));
        return findings;
    }

    private async Task<WorkerStatus?> FindStatus()
    {
        using var late = new CancellationTokenSource(ProbeTimeout, clock);
        try
        {
            return (await ControlClient.SendCommand(home, StatusCommand.Name, null, ControlJson.Default.WorkerStatus, late.Token)
                ).Value;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>On Windows there is no login shell to ask, and tasks have the person's variables anyway.</summary>
    private async Task<IReadOnlyDictionary<string, string>?> ReadLoginVariables() =>
        await user.GetVariables() is var got && (user.LoginShellAnswered || OperatingSystem.IsWindows()) ? got : null;

    public static Finding CheckHome(string home) => LocalJudgement.JudgeHome(home, ProbeHome(home));

    private static HomeFolderFacts ProbeHome(string home)
    {
        try
        {
            if (ClosedHome.Explain(home, "doctor") is { } closed)
                return new HomeFolderFacts(false, false, false) { Closed = closed };
            if (!Directory.Exists(home)) return new HomeFolderFacts(false, false, false);
            var probe = Path.Combine(home, $".doctor-{Environment.ProcessId}");
            var open = !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(
                    home) & (UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute)) != 0;
            try
            {
                File.WriteAllText(probe, "");
                File.Delete(probe);
                return new HomeFolderFacts(true, true,
                    open)
                { Foreign = HomeIdentity.WhyForeign(Path.GetFullPath(home), MachineId.ReadDigest()) };
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return new HomeFolderFacts(true, false, open);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new HomeFolderFacts(false, false, false, error.Message);
        }
    }

    private async Task<DiskFacts?> ProbeDisk()
    {
        var there = home;
        while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { Length: > 0 } parent)
            there = parent;
        try
        {
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(Path.GetFullPath(there))! : there);
            var inodes = OperatingSystem.IsWindows()
                ? null : await programs.RunWithTimeout(["/bin/df", "-Pi", there], ProbeTimeout);
            return new DiskFacts(drive.AvailableFreeSpace, drive.TotalSize, ParseFreeInodes(inodes?.Text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Free ones from the answer of <c>df -Pi</c>: the number before the percentage. File systems without any say 0 of 0.
    /// </summary>
    public static long? ParseFreeInodes(string? text)
    {
        var words = text?.Split('\n').ElementAtOrDefault(1)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var at = Array.FindLastIndex(words, word => word.EndsWith('%') || word == "-");
        return at >= 3 && long.TryParse(words[at - 1], NumberStyles.None, CultureInfo.InvariantCulture, out var free)
            && long.TryParse(words[at - 2], NumberStyles.None, CultureInfo.InvariantCulture, out var used) && free + used > 0 ? free : null;
    }

    private async Task<ClaudeFacts> ProbeClaude(IReadOnlyDictionary<string, string> environment, EnvironmentRules rules)
    {
        if (AgentEnvironment.FindProgram(new ClaudeCli().Program, settings.Claude, environment, user.Home)?.Path is not { } program)
            return new ClaudeFacts(null, null, null);
        var answer = await programs.RunWithTimeout([program, "--version"], ProbeTimeout, environment);
        return new ClaudeFacts(program, answer is { ExitCode: 0 } ? answer.Text.Trim() : null,
            await IsLoggedIn(environment, rules));
    }

    private IEnumerable<AgentFacts> FindAgents(IReadOnlyDictionary<string, string> environment)
    {
        var codex = new CodexCli(new SessionIdMap(Path.Combine(home, "agents", "codex")));
        (IAgentCli Cli, AgentSettings Settings)[] known =
            [(new ClaudeCli(), settings.Claude), (codex, settings.Codex), (new GeminiCli(), settings.Gemini)];
        return known.Where(agent => AgentEnvironment.FindProgram(agent.Cli.Program, agent.Settings, environment, user.Home) is not null)
            .Select(agent => new AgentFacts(agent.Cli.Agent.Name, agent.Settings, agent.Cli.Keys));
    }

    /// <summary>A key that reaches it, its file of credentials, or on macOS its entry of the keychain, which is not read.</summary>
    private async Task<bool?> IsLoggedIn(IReadOnlyDictionary<string, string> environment, EnvironmentRules rules)
    {
        bool Reaches(string key) =>
            AgentEnvironment.FindVariable(settings.Claude.Env, key) is not null || AgentEnvironment.FindVariable(rules.Set, key) is not null
            || (AgentEnvironment.FindVariable(environment, key) is not null && rules.Passes(key));
        string[] keys =
        [
            "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX",
        ];
        if (keys.Any(Reaches)) return true;
        if (File.Exists(Path.Combine(new ClaudeSessions().GetConfigFolder(environment, user.Home), ".credentials.json")))
            return true;
        if (!OperatingSystem.IsMacOS()) return false;
        var entry = await programs.RunWithTimeout(["/usr/bin/security", "find-generic-password", "-s", "Claude Code-credentials"],
            ProbeTimeout);
        return entry is null ? null : entry.ExitCode == 0;
    }

    private async Task<Finding> CheckSandbox(IReadOnlyDictionary<string, string> environment, bool wanted)
    {
        var linux = OperatingSystem.IsLinux();
        var found = linux && ProgramExists("bwrap", environment);
        var answer = found
            ? await programs.RunWithTimeout(["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--unshare-pid", "true"], ProbeTimeout,
                environment)
            : null;
        return LocalJudgement.JudgeSandbox(wanted, found, answer is { ExitCode: 0 }, linux);
    }

    private static bool ProgramExists(string program, IReadOnlyDictionary<string, string> environment) => Path.IsPathFullyQualified(program)
        ? File.Exists(program)
        : environment.GetValueOrDefault("PATH", "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program))
                || (OperatingSystem.IsWindows() && File.Exists(Path.Combine(folder, program + ".exe"))));
}
