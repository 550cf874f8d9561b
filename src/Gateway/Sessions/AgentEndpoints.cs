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
internal sealed class AgentEndpoints(ITaskList tasks, TenantFacts facts)
{
    private const int MostSessions = 1_000;
    private const int RecentByDefault = 10;

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var agent in Agents.All)
        {
            RequestDelegate sessions = context => Sessions(context, agent), recent = context => Recent(context, agent);
            routes.MapRead(agent.SessionsRoute, sessions).Requires(Policy.ReadTasks);
            routes.MapRead(agent.RecentRoute, recent).Requires(Policy.ReadTasks);
        }
    }

    private async Task Sessions(HttpContext context, Agent agent)
    {
        var tenant = context.Caller().Tenant;
        var found = await tasks.Sessions(tenant, MostSessions, context.RequestAborted);
        var places = new ReportedSessions(await facts.Workers(tenant)).PlacesOf(agent);
        var sessions = found.Where(session => agent.Owns(session.Session)).Select(session =>
        {
            var id = Agents.SessionId(session.Session);
            return new SessionView(id, session.LastActivity.ToUnixTimeMilliseconds(), session.TaskCount, places.GetValueOrDefault(id));
        });
        await context.Answer(new SessionList([.. sessions]), ProtocolJson.Default.SessionList);
    }

    private async Task Recent(HttpContext context, Agent agent)
    {
        if (Query.Number(context, "limit", RecentByDefault, 1, Limits.RecentSessions, clamp: true, out var limit) is { } problem)
        {
            await context.Answer(problem);
            return;
        }
        var reported = new ReportedSessions(await facts.Workers(context.Caller().Tenant));
        await context.Answer(new RecentSessionList([.. reported.Of(agent).Take((int)limit)]), ProtocolJson.Default.RecentSessionList);
    }
}
