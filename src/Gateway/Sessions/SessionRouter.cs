using OpenClaw.Gateway.Security;
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
internal sealed class SessionRouter(IGrainFactory grains, ITaskList tasks, TenantCache tenants)
{
    private const int MostRecorded = 1_000;

    /// <summary>The spec of a turn, with the conversation it means and the worker it must run on; null: see the errors.</summary>
    public async ValueTask<TaskSpec?> RouteTurn(
        Envelope envelope, ValidatedSubmit submit, AgentTurn turn, Caller caller, FieldErrors errors)
    {
        var tenant = caller.Tenant;
        var (agent, payload) = (turn.Agent, turn.Payload);
        if (turn.Begins && payload.ForkOf is null) return TaskSpecs.CreateSpec(envelope, submit, tenant);
        var field = payload.ForkOf is null || turn.Begins ? "sessionId" : "forkOf";
        var named = payload.ForkOf ?? payload.SessionId;
        var known = await LoadKnownSessions(agent, named, caller);
        if (SessionResolver.ResolveId(agent, named, known, field, errors) is not { } session) return null;
        var lastRanOn = await grains.GetGrain<IAgentSessionGrain>(GrainKeys.ForAgentSession(tenant, agent.ToSessionKey(session))).Worker();
        var owner = SessionResolver.FindWorker(session, lastRanOn, known);
        if (caller.Rights.Narrowing is not null && !await SeesWorker(caller, owner))
        {
            // The same for one that is elsewhere and for one that nobody knows: which of the two it is the token must not learn.
            errors.Add(field, $"is no {agent.Title} session that this token may use; leave it out to begin one");
            return null;
        }
        if (payload.ForkOf is not null && owner is null) errors.Add(field, "is an unknown session, so there is nothing to fork");
        var worker = SessionResolver.PinWorker(session, envelope.Worker, owner, known, errors);
        if (errors.Any) return null;
        payload = payload.ForkOf is null
            ? payload with { SessionId = session }
            : payload with { ForkOf = session, SessionId = payload.SessionId.ToLowerInvariant() };
        submit = submit with { Payload = PayloadCatalog.SealPayload(agent.Kind, payload), Turn = turn with { Payload = payload } };
        return TaskSpecs.CreateSpec(envelope with { Worker = worker }, submit, tenant);
    }

    private async ValueTask<bool> SeesWorker(Caller caller, string? worker) =>
        (await tenants.GetWorkers(caller)).Any(seen => seen.Name == worker);

    private async ValueTask<KnownSessions> LoadKnownSessions(Agent agent, string id, Caller caller)
    {
        var reported = new ReportedSessions(await tenants.GetWorkers(caller)).ListSessions(agent)
            .Select(session => (session.SessionId.ToLowerInvariant(), session.Worker!));
        // Of those that are only recorded nobody says on which PC they are, so a token that sees some PCs finds none by a part of its id.
        if (AgentPayload.IsWholeSessionId(id) || caller.Rights.Narrowing is not null) return new([.. reported], []);
        var recorded = await tasks.ReadSessions(caller.Tenant, MostRecorded, CancellationToken.None);
        var own = recorded.Select(session => session.Session).Where(agent.HasSession);
        return new([.. reported], [.. own.Select(key => Agents.GetSessionId(key).ToLowerInvariant())]);
    }
}
