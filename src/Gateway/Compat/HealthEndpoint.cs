using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Sessions;

namespace OpenClaw.Gateway.Compat;

/// <summary>GET /health: the only route anybody may ask; answers from remembered counts.</summary>
internal sealed class HealthEndpoint(TenantFacts facts)
{
    private const string Tenant = "default";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead(Routes.Health, Get).Requires(Policy.Anyone);

    private async Task Get(HttpContext context)
    {
        var counts = await facts.Counts(Tenant);
        var health = new Health
        {
            Status = "ok",
            Tasks = counts.Values.Sum(),
            Results = counts.Where(count => count.Key.IsEnd()).Sum(count => count.Value),
            ActiveSessions = await facts.Sessions(Tenant),
        };
        await context.Answer(health, ProtocolJson.Default.Health);
    }
}
