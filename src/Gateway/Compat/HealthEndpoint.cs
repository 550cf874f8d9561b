using Microsoft.Extensions.Options;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Sessions;

namespace OpenClaw.Gateway.Compat;

/// <summary>
/// GET /health, for anybody. In compatibility mode, where one token and one tenant is all there is, it answers with the
/// original's counts, from memory; else how much work there is is nobody's business who shows no token.
/// </summary>
internal sealed class HealthEndpoint(TenantCache tenants, IOptions<GatewayOptions> options) : IEndpoint
{
    private const string Tenant = Caller.FirstTenant;

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapRead(Routes.Health, GetHealth).RequirePolicy(AccessPolicy.Anyone);

    private async ValueTask<Reply> GetHealth(HttpContext context)
    {
        if (options.Value.SharedToken is null) return Reply.FromValue(new Health { Status = "ok" }, ProtocolJson.Default.Health);
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
