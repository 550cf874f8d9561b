using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Sessions;

/// <summary>What is known of the conversations of one agent when a turn comes in. All ids are lower case.</summary>
/// <param name="Reported">Conversations on the PCs' disks, newest first: id and PC.</param>
/// <param name="Recorded">Ids of conversations whose turns this server has taken.</param>
internal sealed record KnownSessions(IReadOnlyList<(string Id, string Worker)> Reported, IReadOnlyCollection<string> Recorded);

/// <summary>Which conversation an id means, and which PC a turn of it must run on. Pure.</summary>
internal static class SessionResolver
{
    private const int Named = 5;

    /// <summary>
    /// The whole id of the conversation that is meant; null and an error when a short id names none or several. A whole id is taken as
    /// it is: one that nobody knows begins a conversation under that id.
    /// </summary>
    public static string? ResolveId(Agent agent, string id, KnownSessions known, string field, FieldErrors errors)
    {
        var wanted = id.ToLowerInvariant();
        if (AgentPayload.IsWholeSessionId(wanted)) return wanted;
        string[] found =
        [
            .. known.Reported.Select(session => session.Id).Concat(known.Recorded)
                .Where(session => AgentPayload.IsWholeSessionId(session) && session.StartsWith(wanted, StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal),
        ];
        if (found.Length == 1) return found[0];
        errors.Add(field, found.Length == 0
            ? $"begins no {agent.Title} session that is known here; give the whole id"
            : $"begins {found.Length} {agent.Title} sessions: {string.Join(", ", found.Take(Named))}; give more of the id");
        return null;
    }

    /// <summary>
    /// The PC that has a conversation; null when nobody knows it. A PC that reports it has it on its disk; of several the one that ran
    /// its last turn, else the one on which it was used last. What nobody reports is where its last turn ran.
    /// </summary>
    public static string? FindWorker(string session, string? lastRanOn, KnownSessions known)
    {
        var reporters = ListReporters(session, known);
        return reporters.Length == 0 || (lastRanOn is not null && reporters.Contains(lastRanOn)) ? lastRanOn : reporters[0];
    }

    /// <summary>The PC the turn is to be pinned to; null: any. An error when the client names one without the conversation.</summary>
    public static string? PinWorker(string session, string? asked, string? owner, KnownSessions known, FieldErrors errors)
    {
        if (asked is null || owner is null || asked == owner || ListReporters(session, known).Contains(asked)) return asked ?? owner;
        errors.Add("worker", $"does not have session {session}, which is on {owner}; fork and resume work where the session is");
        return null;
    }

    private static string[] ListReporters(string session, KnownSessions known) =>
        [.. known.Reported.Where(reported => reported.Id == session).Select(reported => reported.Worker)];
}
