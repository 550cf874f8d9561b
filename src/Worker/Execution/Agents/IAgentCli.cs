using OpenClaw.Protocol.Payloads;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Agents;

/// <summary>What is particular to one command-line agent; everything else is <see cref="AgentExecutor"/>.</summary>
internal interface IAgentCli
{
    /// <summary>Whose turns it runs.</summary>
    Agent Agent { get; }

    /// <summary>How its makers write it.</summary>
    string Title { get; }

    /// <summary>Names of its program, and folders its installers put it into beside the usual ones.</summary>
    AgentProgram Program { get; }

    /// <summary>Which limits and tool lists its program has options for.</summary>
    AgentAbilities Abilities { get; }

    /// <summary>Its permission modes, the strictest first, and the one without any checks.</summary>
    AgentModes Modes { get; }

    AgentSessions Sessions { get; }

    /// <summary>Its argument list for a turn. The prompt is never in it.</summary>
    IReadOnlyList<string> BuildArguments(string program, TurnPlan plan);

    /// <summary>Variables that log it in, the most usual first.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>Reads what it prints in one turn.</summary>
    ITurnReader CreateTurnReader();

    /// <summary>Adds what its files know of a turn that has ended; the answer as it is where they know nothing.</summary>
    TurnAnswer CompleteFromFiles(TurnAnswer answer, SessionPlan session, string configFolder) => answer;

    /// <summary>The word of an exit code; null: it has none.</summary>
    string? ExplainExitCode(int exitCode) => null;
}

/// <summary>What an agent's program has options for.</summary>
/// <param name="Limits">Most rounds and most dollars of a turn.</param>
/// <param name="Tools">Which tools it may use unasked, or never.</param>
/// <param name="Fallback">Another model for when the first is overloaded.</param>
internal sealed record AgentAbilities(bool Limits, bool Tools, bool Fallback);

/// <summary>Where its program is, and by which variable a person names it.</summary>
internal sealed record AgentProgram(string Name, string Variable, params string[] Folders);

/// <summary>Everything a turn's arguments are made of.</summary>
internal sealed record TurnPlan(AgentPayload Payload, AgentSettings Settings, AgentPermissions Permissions, SessionPlan Session);

/// <summary>
/// What a turn's session id means on this PC: a session to go on with (<see cref="Resume"/>), one to copy (<see cref="Fork"/>), neither (a
/// new one), or a sentence. The two are ids as the agent itself knows them.
/// </summary>
internal sealed record SessionPlan(string Id)
{
    public string? Resume { get; init; }
    public string? Fork { get; init; }
    /// <summary>Folder it began in; null: none, or unknown.</summary>
    public string? Folder { get; init; }
    /// <summary>Why there can be no turn: a word and a sentence.</summary>
    public (string Reason, string Error)? Error { get; init; }
}
