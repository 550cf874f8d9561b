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
    private readonly (IAgentCli Cli, AgentSettings Settings)[] agents;

    public ConfiguredAgents(WorkerSettings settings, string workerHome, Func<AgentProgram, AgentSettings, bool> isHere)
    {
        var codex = new CodexCli(new SessionNames(Path.Combine(workerHome, "agents", "codex")));
        (IAgentCli Cli, AgentSettings Settings)[] others = [(codex, settings.Codex), (new GeminiCli(), settings.Gemini)];
        var offered = others.Where(agent => agent.Settings.Given || isHere(agent.Cli.Program, agent.Settings));
        agents = [(new ClaudeCli(), settings.Claude), .. offered];
    }

    /// <summary>True when the program is where this process would find it. The person's login shell is not asked at the start.</summary>
    public static bool IsHere(AgentProgram program, AgentSettings settings)
    {
        var own = new Dictionary<string, string>(UserEnvironment.NameComparer);
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
            own[(string)pair.Key] = (string?)pair.Value ?? "";
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return AgentHome.FindProgram(program, settings, own, home) is not null;
    }

    public IEnumerable<ITaskExecutor> Executors => agents.Select(agent => new AgentExecutor(agent.Cli, agent.Settings));

    public IRecentSessions Recent(UserEnvironment user) =>
        new RecentOfAll([.. agents.Select(agent => new RecentSessions(agent.Cli.Sessions, agent.Settings, user))]);
}
