using OpenClaw.Cli.Printing;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Cli.Tenants;

/// <summary>Makes a tenant, and shows its first token.</summary>
internal static class AddTenantVerb
{
    private const string WhenLost = "The tenant may have been made nevertheless, and the secret of its first token is nobody's: "
        + "openclaw tenants list shows it; then disable it, and take another name";

    public static Verb Add { get; } = new("tenants add", "makes a tenant; its first administrator's token is shown this once", Run)
    {
        Words = "NAME",
        Count = (1, 1),
        More = "The secret is all that goes to standard output: TOKEN=$(openclaw tenants add lab).\n"
            + "It is the only way into the tenant: an administrator of the server has no other one.",
    };

    private static async Task<int> Run(VerbCall call)
    {
        var make = new MakeTenant { Name = call.Words[0] };
        var (made, exit) = await call.AskServer(http => new PeopleClient(http).MakeTenant(make), WhenLost);
        if (made is null) return exit;
        if (!call.Json)
        {
            var id = made.Secret.Split('_') is [_, _, var part, ..] ? part : "";
            call.Error.WriteLine(PrintableText.Escape(
                $"made: tenant {made.Tenant.Name}, with token {id} (admin), which never ends. Shown this once:"));
        }
        return call.Show(made, ProtocolJson.Default.IssuedTenantView, to => to.WriteLine(made.Secret));
    }
}
