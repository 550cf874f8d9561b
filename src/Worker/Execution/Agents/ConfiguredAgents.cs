using OpenClaw.Worker.Execution.Claude;
using OpenClaw.Worker.Execution.Codex;
using OpenClaw.Worker.Execution.Gemini;
using OpenClaw.Worker.Execution.Settings;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>
/// The agents of this PC: their executors and their sessions. Claude Code is always offered; the others when settings.json has a section
/// for them or their program is found at the start.
/// </summary>
internal sealed class ConfiguredAgents
{
    private readonly (IAgentCli Cli, AgentSettings Settings, FoundProgram? Found)[] agents;

    /// <summary><paramref name="find"/> says where a program is as this process sees it.</summary>
    public ConfiguredAgents(WorkerSettings settings, string workerHome, Func<AgentProgram, AgentSettings, FoundProgram?> find)
    {
        var codex = new CodexCli(new SessionIdMap(Path.Combine(workerHome, "agents", "codex")));
        (IAgentCli Cli, AgentSettings Settings)[] known =
            [(new ClaudeCli(), settings.Claude), (codex, settings.Codex), (new GeminiCli(), settings.Gemini)];
        agents =
        [
            .. known.Select(agent => (agent.Cli, agent.Settings, Found: find(agent.Cli.Program, agent.Settings)))
                .Where(agent => agent.Cli is ClaudeCli || agent.Settings.Given || agent.Found is not null),
        ];
    }

    /// <summary>
    /// Where this process finds a program. The person's login shell is not asked at the start; its PATH may lack what this one has.
    /// </summary>
    public static FoundProgram? FindProgram(AgentProgram program, AgentSettings settings)
    {
        var own = new Dictionary<string, string>(UserEnvironment.NameComparer);
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
            own[(string)pair.Key] = (string?)pair.Value ?? "";
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return AgentEnvironment.FindProgram(program, settings, own, home) is { } found
            ? found with { SearchPath = AgentEnvironment.FindVariable(own, "PATH") }
            : null;
    }

    public IEnumerable<ITaskExecutor> Executors => agents.Select(agent => new AgentExecutor(agent.Cli, agent.Settings, agent.Found));

    public IRecentSessions CreateRecentSessions(UserEnvironment user) =>
        new CombinedRecentSessions([.. agents.Select(agent => new RecentSessions(agent.Cli.Sessions, agent.Settings, user))]);
}
