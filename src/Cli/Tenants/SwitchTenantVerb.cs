using OpenClaw.Protocol;
using OpenClaw.Protocol.Answers;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tenants;

/// <summary><c>tenants disable</c> and <c>tenants enable</c>: whether its tokens are let in.</summary>
internal static class SwitchTenantVerb
{
    public static Verb Disable { get; } = new(
        "tenants disable", "refuses all tokens of a tenant within 5 s; its tasks stay as they are",
        call => Run(call, (client, name) => client.DisableTenant(name)))
    {
        Words = "NAME",
        Count = (1, 1),
    };

    public static Verb Enable { get; } = new("tenants enable", "lets the tokens of a tenant in again",
        call => Run(call, (client, name) => client.EnableTenant(name)))
    {
        Words = "NAME",
        Count = (1, 1),
    };

    private static async Task<int> Run(VerbCall call, Func<PeopleClient, string, Task<Answer<TenantView>>> change)
    {
        var (tenant, exit) = await call.AskServer(http => change(new PeopleClient(http), call.Words[0]));
        return tenant is null ? exit
            : call.Show(tenant, ProtocolJson.Default.TenantView, to => to.WriteLine($"{tenant.Name} is {tenant.Status}"));
    }
}
