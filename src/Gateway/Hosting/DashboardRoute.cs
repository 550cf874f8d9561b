using OpenClaw.Dashboard;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;

namespace OpenClaw.Gateway.Hosting;

/// <summary>
/// The Orleans Dashboard for admins. Beside the gateway's own routes, whose rules about paths its page does not keep; the same check of
/// the token is before all of it.
/// </summary>
internal static class DashboardRoute
{
    private const string Path = "/dashboard";

    public static void UseDashboard(this IApplicationBuilder app) => app.Map(Path, dashboard =>
    {
        dashboard.UseSafeHeadersOfDashboard();
        dashboard.UseRouting();
        dashboard.UseMiddleware<AuthMiddleware>();
        dashboard.UseEndpoints(routes => routes.MapClusterDashboard().RequirePolicy(AccessPolicy.SeeDashboard));
    });
}
