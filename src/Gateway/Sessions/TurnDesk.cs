using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Sessions;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Sessions;

/// <summary>
/// Makes a turn ready for the queue: the whole id of its conversation, before any key is made of it, and the PC it belongs to.
/// </summary>
internal sealed class TurnDesk(IGrainFactory grains, ITaskList tasks, TenantFacts facts)
{
    private const int MostRecorded = 1_000;

    /// <summary>The same submit with the conversation it means, and the worker it must run on; null: see the errors.</summary>
    public async ValueTask<(SealedSubmit Submit, string? Worker)?> Place(
        SealedSubmit submit, string? asked, string tenant, FieldErrors errors, CancellationToken cancellation)
    {
        if (submit.Turn is not { } turn || (turn.Begins && turn.Payload.ForkOf is null)) return (submit, asked);
        var (agent, payload) = (turn.Agent, turn.Payload);
        var field = payload.ForkOf is null || turn.Begins ? "sessionId" : "forkOf";
        var named = payload.ForkOf ?? payload.SessionId;
        var known = await Known(agent, named, tenant, cancellation);
        if (SessionPlace.Resolve(agent, named, known, field, errors) is not { } session) return null;
        var lastRanOn = await grains.GetGrain<IAgentSessionGrain>(GrainKeys.ForAgentSession(tenant, agent.SessionKey(session))).Worker();
        var owner = SessionPlace.OwnerOf(session, lastRanOn, known);
        if (payload.ForkOf is not null && owner is null) errors.Add(field, "is an unknown session, so there is nothing to fork");
        var worker = SessionPlace.Pin(session, asked, owner, known, errors);
        if (errors.Any) return null;
        payload = payload.ForkOf is null
            ? payload with { SessionId = session }
            : payload with { ForkOf = session, SessionId = payload.SessionId.ToLowerInvariant() };
        return (submit with { Payload = PayloadCatalog.Seal(agent.Kind, payload), Turn = turn with { Payload = payload } }, worker);
    }

    private async ValueTask<KnownSessions> Known(Agent agent, string id, string tenant, CancellationToken cancellation)
    {
        var reported = new ReportedSessions(await facts.Workers(tenant)).Of(agent)
            .Select(session => (session.SessionId.ToLowerInvariant(), session.Worker!));
        if (AgentPayload.IsWholeSessionId(id)) return new([.. reported], []);
        var recorded = await tasks.Sessions(tenant, MostRecorded, cancellation);
        var own = recorded.Select(session => session.Session).Where(agent.Owns);
        return new([.. reported], [.. own.Select(key => Agents.SessionId(key).ToLowerInvariant())]);
    }
}
