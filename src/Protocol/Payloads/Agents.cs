namespace OpenClaw.Protocol.Payloads;

/// <summary>A command-line agent that the API has routes for: <c>POST /NAME</c>, <c>/NAME/sessions</c>, <c>/NAME/recent</c>.</summary>
public sealed record Agent(string Name, string Kind, string Title)
{
    /// <summary>The route of its turns.</summary>
    public string Route => "/" + Name;

    /// <summary>The route of the conversations this server has run.</summary>
    public string SessionsRoute => Route + "/sessions";

    /// <summary>The route of the conversations on the PCs' disks.</summary>
    public string RecentRoute => Route + "/recent";

    /// <summary>How a session is called among those of all agents; Claude's are the plain ids they have always been.</summary>
    public string ToSessionKey(string id) => Kind == Kinds.Claude ? id : $"{Name}:{id}";

    /// <summary>True when the key is of one of its sessions.</summary>
    public bool HasSession(string sessionKey) => Agents.GetBySessionKey(sessionKey) == this;
}

/// <summary>The sole list of agents. One family of routes, of payloads and of executors serves them all.</summary>
public static class Agents
{
    /// <summary>Claude Code.</summary>
    public static Agent Claude { get; } = new("claude", Kinds.Claude, "Claude");
    /// <summary>Codex.</summary>
    public static Agent Codex { get; } = new("codex", Kinds.Codex, "Codex");
    /// <summary>Gemini CLI.</summary>
    public static Agent Gemini { get; } = new("gemini", Kinds.Gemini, "Gemini");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Agent> All { get; } = [Claude, Codex, Gemini];

    /// <summary>The agent whose turns are tasks of this kind; null when it is no agent's.</summary>
    public static Agent? FindByKind(string kind) => All.FirstOrDefault(agent => agent.Kind == kind);

    /// <summary>The agent a session is of.</summary>
    public static Agent GetBySessionKey(string sessionKey)
    {
        var end = sessionKey.IndexOf(':', StringComparison.Ordinal);
        return end < 0 ? Claude : All.FirstOrDefault(agent => sessionKey.AsSpan(0, end).SequenceEqual(agent.Name)) ?? Claude;
    }

    /// <summary>The id in the key of a session, as clients know it.</summary>
    public static string GetSessionId(string sessionKey) => sessionKey[(sessionKey.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
