using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Sessions;

namespace OpenClaw.Gateway.Sessions;

/// <summary>The conversations of each agent: those this server has run, and those on the disks of the PCs.</summary>
internal sealed class AgentEndpoints(ITaskList tasks, TenantCache tenants) : IEndpoint
{
    private const int MostSessions = 1_000;
    private const int RecentByDefault = 10;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        foreach (var agent in Agents.All)
        {
            routes.MapRead(agent.SessionsRoute, context => ListSessions(context, agent)).RequirePolicy(AccessPolicy.ReadTasks);
            routes.MapRead(agent.RecentRoute, context => ListRecent(context, agent)).RequirePolicy(AccessPolicy.ReadTasks);
        }
    }

    private async ValueTask<Reply> ListSessions(HttpContext context, Agent agent)
    {
        var caller = context.GetCaller();
        if (!caller.SeesKind(agent.Kind)) return Reply.FromValue(new SessionList([]), ProtocolJson.Default.SessionList);
        var found = await tasks.ReadSessions(caller.Tenant, MostSessions, context.RequestAborted);
        var workers = new ReportedSessions(await tenants.GetWorkers(caller)).GetWorkerBySession(agent);
        // A token that sees some PCs sees the conversations on them.
        var seen = caller.Rights.Narrowing is null
            ? found : [.. found.Where(session => workers.ContainsKey(Agents.GetSessionId(session.Session)))];
        var sessions = seen.Where(session => agent.HasSession(session.Session)).Select(session =>
        {
            var id = Agents.GetSessionId(session.Session);
            return new SessionView(id, session.LastActivity.ToUnixTimeMilliseconds(), session.TaskCount, workers.GetValueOrDefault(id));
        });
        return Reply.FromValue(new SessionList([.. sessions]), ProtocolJson.Default.SessionList);
    }

    private async ValueTask<Reply> ListRecent(HttpContext context, Agent agent)
    {
        if (Query.ReadNumber(context, "limit", RecentByDefault, 1, Limits.RecentSessions, clamp: true, out var limit) is { } problem)
            return problem;
        var caller = context.GetCaller();
        if (!caller.SeesKind(agent.Kind)) return Reply.FromValue(new RecentSessionList([]), ProtocolJson.Default.RecentSessionList);
        var recent = new ReportedSessions(await tenants.GetWorkers(caller)).ListSessions(agent).Take((int)limit);
        // A topic is the beginning of a prompt, a project is a path.
        if (!caller.SeesPayloads()) recent = recent.Select(session => session with { Topic = "", Project = "" });
        return Reply.FromValue(new RecentSessionList([.. recent]), ProtocolJson.Default.RecentSessionList);
    }
}
