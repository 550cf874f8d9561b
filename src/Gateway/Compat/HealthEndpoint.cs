using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Sessions;

namespace OpenClaw.Gateway.Compat;

/// <summary>GET /health: the only route anybody may ask; answers from remembered counts.</summary>
internal sealed class HealthEndpoint(TenantCache tenants) : IEndpoint
{
    private const string Tenant = "default";

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapRead(Routes.Health, GetHealth).RequirePolicy(AccessPolicy.Anyone);

    private async ValueTask<Reply> GetHealth(HttpContext context)
    {
        var counts = await tenants.GetCounts(Tenant);
        var health = new Health
        {
            Status = "ok",
            Tasks = counts.Values.Sum(),
            Results = counts.Where(count => count.Key.IsEnd()).Sum(count => count.Value),
            ActiveSessions = await tenants.CountSessions(Tenant),
        };
        return Reply.FromValue(health, ProtocolJson.Default.Health);
    }
}
