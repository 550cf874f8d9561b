using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Sessions;

namespace OpenClaw.Gateway.Compat;

/// <summary>GET /health: the only route anybody may ask; answers from remembered counts.</summary>
internal sealed class HealthEndpoint(TenantCache facts)
{
    private const string Tenant = "default";

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapRead(Routes.Health, GetHealth).RequirePolicy(AccessPolicy.Anyone);

    private async Task GetHealth(HttpContext context)
    {
        var counts = await facts.GetCounts(Tenant);
        var health = new Health
        {
            Status = "ok",
            Tasks = counts.Values.Sum(),
            Results = counts.Where(count => count.Key.IsEnd()).Sum(count => count.Value),
            ActiveSessions = await facts.CountSessions(Tenant),
        };
        await context.Answer(health, ProtocolJson.Default.Health);
    }
}
