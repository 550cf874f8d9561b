using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Requests;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Tenants;

/// <summary>The tenants of the server, for administrators of its own first one.</summary>
internal sealed class TenantEndpoints(TenantRegistry tenants) : IEndpoint
{
    private const int PageByDefault = 50;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Routes.Tenants, ListTenants).RequirePolicy(AccessPolicy.AdministerTenants);
        routes.MapChange(Routes.Tenants, MakeTenant).RequirePolicy(AccessPolicy.AdministerTenants);
        routes.MapChange(Routes.DisableTenant, context => SetDisabled(context, true)).RequirePolicy(AccessPolicy.AdministerTenants);
        routes.MapChange(Routes.EnableTenant, context => SetDisabled(context, false)).RequirePolicy(AccessPolicy.AdministerTenants);
    }

    private async ValueTask<Reply> ListTenants(HttpContext context)
    {
        if (Query.ReadPage(context, PageByDefault, out var limit, out var after) is { } problem) return problem;
        (var page, var next, problem) = await tenants.ListTenants(after, limit);
        return problem ?? Reply.FromValue(new TenantListView([.. page.Select(ToView)], next), ProtocolJson.Default.TenantListView);
    }

    private async ValueTask<Reply> MakeTenant(HttpContext context)
    {
        var (body, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.MakeTenant, Limits.WorkerBody,
            (body, errors) => errors.RequireName("name", body.Name));
        if (body is null) return problem!;
        (var tenant, var text, problem) = await tenants.MakeTenant(body.Name, context.GetCaller());
        return tenant is null ? problem!
            : Reply.FromValue(new IssuedTenantView(ToView(tenant), text), ProtocolJson.Default.IssuedTenantView);
    }

    private async ValueTask<Reply> SetDisabled(HttpContext context, bool disabled)
    {
        var name = context.Request.RouteValues["name"] as string;
        var (tenant, problem) = await tenants.SetDisabled(name, disabled, context.GetCaller());
        return tenant is null ? problem! : Reply.FromValue(ToView(tenant), ProtocolJson.Default.TenantView);
    }

    private static TenantView ToView(TenantRecord tenant) => new()
    {
        Name = tenant.Name,
        Status = tenant.DisabledAt is null ? "active" : "disabled",
        CreatedAt = tenant.CreatedAt?.ToUnixTimeMilliseconds(),
        CreatedBy = tenant.CreatedBy,
        DisabledAt = tenant.DisabledAt?.ToUnixTimeMilliseconds(),
        DisabledBy = tenant.DisabledBy,
    };
}
