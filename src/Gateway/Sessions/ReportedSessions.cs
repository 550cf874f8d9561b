using System.Text.Json;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Sessions;

/// <summary>What the PCs say of the sessions on their disks, offline ones as they said last. Pure.</summary>
internal sealed class ReportedSessions(IEnumerable<WorkerSnapshot> workers)
{
    private readonly RecentSession[] newestFirst =
        [.. workers.SelectMany(ReadSessions).OrderByDescending(session => session.LastModified, StringComparer.Ordinal)];

    /// <summary>Those of an agent, newest first, each with the PC it is on.</summary>
    public IEnumerable<RecentSession> ListSessions(Agent agent) =>
        newestFirst.Where(session => (session.Agent ?? Agents.Claude.Name) == agent.Name);

    /// <summary>The PC of each session; where several have one, the PC on which it was used last.</summary>
    public IReadOnlyDictionary<string, string> GetWorkerBySession(Agent agent) => ListSessions(agent)
        .DistinctBy(session => session.SessionId, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(session => session.SessionId, session => session.Worker!, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<RecentSession> ReadSessions(WorkerSnapshot worker)
    {
        if (worker.RecentSessionsJson is not { } json) return [];
        try
        {
            var sessions = JsonSerializer.Deserialize(json, ProtocolJson.Lenient.RecentSessionArray) ?? [];
            return sessions.Select(session => session with { Worker = worker.Name });
        }
        catch (JsonException)
        {
            return []; // written by an older or newer daemon; it reports again with its next heartbeat
        }
    }
}
