using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Sessions;

namespace OpenClaw.Gateway.Sessions;

/// <summary>The conversations of each agent: those this server has run, and those on the disks of the PCs.</summary>
internal sealed class AgentEndpoints(ITaskList tasks, TenantCache facts)
{
    private const int MostSessions = 1_000;
    private const int RecentByDefault = 10;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        foreach (var agent in Agents.All)
        {
            RequestDelegate sessions = context => ListSessions(context, agent), recent = context => ListRecent(context, agent);
            routes.MapRead(agent.SessionsRoute, sessions).RequirePolicy(AccessPolicy.ReadTasks);
            routes.MapRead(agent.RecentRoute, recent).RequirePolicy(AccessPolicy.ReadTasks);
        }
    }

    private async Task ListSessions(HttpContext context, Agent agent)
    {
        var tenant = context.GetCaller().Tenant;
        var found = await tasks.ReadSessions(tenant, MostSessions, context.RequestAborted);
        var places = new ReportedSessions(await facts.GetWorkers(tenant)).GetWorkerBySession(agent);
        var sessions = found.Where(session => agent.HasSession(session.Session)).Select(session =>
        {
            var id = Agents.GetSessionId(session.Session);
            return new SessionView(id, session.LastActivity.ToUnixTimeMilliseconds(), session.TaskCount, places.GetValueOrDefault(id));
        });
        await context.Answer(new SessionList([.. sessions]), ProtocolJson.Default.SessionList);
    }

    private async Task ListRecent(HttpContext context, Agent agent)
    {
        if (Query.ReadNumber(context, "limit", RecentByDefault, 1, Limits.RecentSessions, clamp: true, out var limit) is { } problem)
        {
            await context.Answer(problem);
            return;
        }
        var reported = new ReportedSessions(await facts.GetWorkers(context.GetCaller().Tenant));
        await context.Answer(new RecentSessionList([.. reported.ListSessions(agent).Take((int)limit)]),
            ProtocolJson.Default.RecentSessionList);
    }
}
