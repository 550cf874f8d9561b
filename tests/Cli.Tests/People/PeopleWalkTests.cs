using System.Text.Json;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Cli.Tests.People;

/// <summary>People and tenants by the command, at a real gateway.</summary>
public sealed class PeopleWalkTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task A_person_is_added_given_a_token_disabled_and_removed()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        var added = await admin.Succeed("people", "add", "ada", "--roles", "operator,approver", "--identities", "discord:123");
        Assert.Contains("operator, approver", added, StringComparison.Ordinal);
        var secret = (await admin.Succeed("tokens", "create", "client", "--person", "ada")).Trim();
        using var ada = await LogIn(secret);
        Assert.Contains("ada", await ada.Succeed("status"), StringComparison.Ordinal);
        Assert.Contains(secret.Split('_')[2], await admin.Succeed("people", "show", "ada"), StringComparison.Ordinal);

        await admin.Succeed("people", "roles", "ada", "viewer");
        await admin.Succeed("people", "identities", "ada");
        var shown = JsonElement.Parse(await admin.Succeed("people", "show", "ada", "--json"));
        Assert.Equal(("[\"viewer\"]", "[]"), (shown.GetProperty("roles").GetRawText(), shown.GetProperty("identities").GetRawText()));

        Assert.Equal("disabled: ada", (await admin.Succeed("people", "disable", "ada")).Trim());
        Assert.Equal(ExitCodes.NotAllowed, (await ada.Run("status")).ExitCode);
        await admin.Succeed("people", "enable", "ada");
        await ada.Succeed("status");
        Assert.Equal("ada", (await admin.Succeed("people", "list", "--quiet")).Trim());
        Assert.Equal("removed: ada", (await admin.Succeed("people", "remove", "ada")).Trim());
        Assert.Equal(ExitCodes.No, (await admin.Run("people", "show", "ada")).ExitCode);
    }

    [Fact]
    public async Task A_tenant_is_made_disabled_and_enabled()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        var made = await admin.Run("tenants", "add", "lab");
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Contains("made: tenant lab", made.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Out.Trim(), made.Error, StringComparison.Ordinal);
        using var lab = await LogIn(made.Out.Trim());
        Assert.Contains("lab", await lab.Succeed("status"), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotAllowed, (await lab.Run("tenants", "list")).ExitCode);

        Assert.Equal("lab is disabled", (await admin.Succeed("tenants", "disable", "lab")).Trim());
        Assert.Equal(ExitCodes.NotAllowed, (await lab.Run("status")).ExitCode);
        Assert.Contains("disabled", await admin.Succeed("tenants", "list"), StringComparison.Ordinal);
        Assert.Equal("lab is active", (await admin.Succeed("tenants", "enable", "lab")).Trim());
        await lab.Succeed("status");
        Assert.Equal(ExitCodes.No, (await admin.Run("tenants", "add", "lab")).ExitCode);
    }

    private async Task<TestTerminal> LogIn(string token)
    {
        var terminal = new TestTerminal { Typed = token };
        await terminal.Succeed("login", gateway.Address.ToString());
        return terminal;
    }
}
