using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tenants;

/// <summary>The tenants of the server.</summary>
internal static class ListTenantsVerb
{
    private static readonly VerbOption Quiet = new("--quiet", "names alone");

    public static Verb List { get; } = new("tenants list", "the tenants of the server", Run) { Options = [Quiet] };

    private static async Task<int> Run(VerbCall call)
    {
        var tenants = new List<TenantView>();
        string? cursor = null;
        do
        {
            var (page, exit) = await call.AskServer(http => new PeopleClient(http).ListTenants(cursor));
            if (page is null) return exit;
            tenants.AddRange(page.Tenants);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return call.Show(new TenantListView([.. tenants]), ProtocolJson.Default.TenantListView, to =>
        {
            if (call.HasOption(Quiet)) foreach (var tenant in tenants) to.WriteLine(tenant.Name);
            else TextTable.Write(to, ["NAME", "STATUS", "MADE"], tenants.Select(tenant => new[]
            {
                tenant.Name, tenant.Status, tenant.CreatedAt is { } at ? Times.FormatTime(at) : "",
            }));
        });
    }
}
