using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Gateway.Tests.Hosting;

namespace OpenClaw.Cli.Tests.Tokens;

/// <summary>A token's life by the command, at a real gateway.</summary>
public sealed class TokensWalkTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task A_token_is_made_narrowed_rotated_and_revoked()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        var run = await admin.Run("tokens", "create", "client", "--name", "build server", "--workers", "studio,attic", "--kinds", "command",
            "--max-timeout", "2h", "--rate", "600", "--expires", "90d");
        Assert.True(run.ExitCode == 0, run.Error);
        var secret = run.Out.Trim();
        var id = secret.Split('_')[2];
        Assert.DoesNotContain(secret, run.Error, StringComparison.Ordinal);

        using var client = await LogIn(secret);
        var status = await client.Succeed("status");
        Assert.Contains($"{id} \"build server\" (client)", status, StringComparison.Ordinal);
        Assert.Contains("workers studio, attic; kinds command; timeout up to 2h", status, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotAllowed, (await client.Run("tokens", "list")).ExitCode);

        await admin.Succeed("tokens", "narrow", id, "--read-only", "--payload-blind", "--workers", "studio", "--lift", "max-timeout,rate");
        var shown = JsonElement.Parse(await admin.Succeed("tokens", "show", id, "--json"));
        Assert.Equal(["tasks:read", "workers:read"], shown.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal("{\"workers\":[\"studio\"],\"kinds\":[\"command\"]}", shown.GetProperty("narrowing").GetRawText());
        Assert.False(shown.TryGetProperty("requestsPerMinute", out _));

        var rotated = (await admin.Succeed("tokens", "rotate", id)).Trim();
        Assert.Equal(ExitCodes.NotAllowed, (await client.Run("status")).ExitCode);
        using var again = await LogIn(rotated);

        Assert.Equal($"revoked: {id}", (await admin.Succeed("tokens", "revoke", id)).Trim());
        Assert.Equal(ExitCodes.NotAllowed, (await again.Run("status")).ExitCode);
        Assert.DoesNotContain(id, await admin.Succeed("tokens", "list", "--quiet"), StringComparison.Ordinal);
        Assert.Contains(id, await admin.Succeed("tokens", "list", "--all"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_that_nobody_uses_are_found()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        var idle = (await admin.Succeed("tokens", "create", "client")).Split('_')[2];
        var list = await admin.Succeed("tokens", "list");
        Assert.Matches($"{idle} +client +active +never", list);
        Assert.Matches($"{gateway.Tokens["admin"].Split('_')[2]} +admin +active +just now", list);
        Assert.Contains("no use is noted", await admin.Succeed("tokens", "show", idle), StringComparison.Ordinal);

        // Nobody knows of the time before uses were noted.
        var early = await admin.Run("tokens", "list", "--unused", "30d", "--quiet");
        Assert.Equal((0, ""), (early.ExitCode, early.Out));
        Assert.Contains("Uses are noted since ", early.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, (await admin.Run("tokens", "list", "--unused", "often")).ExitCode);

        admin.Clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(40));
        Assert.Contains(idle, await admin.Succeed("tokens", "list", "--unused", "30d", "--quiet"), StringComparison.Ordinal);
        Assert.DoesNotContain(idle, await admin.Succeed("tokens", "list", "--unused", "41d", "--quiet"), StringComparison.Ordinal);
        Assert.Matches("active +40 days ago", await admin.Succeed("tokens", "list"));
        var json = JsonElement.Parse(await admin.Succeed("tokens", "list", "--unused", "30d", "--json"));
        Assert.True(json.GetProperty("usesSince").GetInt64() > 0);
        Assert.Contains(json.GetProperty("tokens").EnumerateArray(), token => token.TryGetProperty("lastUsedAt", out _));
    }

    [Fact]
    public async Task The_servers_no_is_told()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        var id = gateway.Tokens["admin"].Split('_')[2];
        var last = await admin.Run("tokens", "revoke", id);
        Assert.Equal((ExitCodes.No, "openclaw: It is the last token that administers tokens here: make another one first."),
            (last.ExitCode, last.Error.Trim()));
        var field = await admin.Run("tokens", "create", "client", "--scopes", "tokens:admin", "--workers", "Not A Name");
        Assert.Equal(ExitCodes.Usage, field.ExitCode);
        Assert.Contains("narrowing.workers[0] must be a name", field.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.No, (await admin.Run("tokens", "show", "nosuchtokn")).ExitCode);
        Assert.Equal(ExitCodes.No, (await admin.Run("workers", "drain", "nobody")).ExitCode);
    }

    [Fact]
    public async Task A_whole_token_is_never_sent_as_an_id()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        var token = gateway.Tokens["client"];
        foreach (var verb in new[] { "show", "revoke", "rotate" })
        {
            var run = await admin.Run("tokens", verb, token);
            Assert.Equal(ExitCodes.Usage, run.ExitCode);
            Assert.Contains($"its id is {token.Split('_')[2]}", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(token, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Workers_are_listed_and_drained()
    {
        using var http = gateway.With(gateway.Tokens["worker"]);
        var workers = new Protocol.Workers.WorkersClient(http);
        var opened = await workers.OpenSession(
            new() { Name = "studio", Instance = "i", Kinds = ["command"], Os = "linux", Arch = "x64", Labels = ["gpu"] });
        Assert.True(opened.IsOk, opened.Why);
        using var admin = await LogIn(gateway.Tokens["admin"]);

        Assert.Equal("studio", (await admin.Succeed("workers", "list", "--quiet")).Trim());
        Assert.Matches("studio +online +linux x64 .* token +gpu", await admin.Succeed("workers", "list"));
        Assert.Equal("studio is draining", (await admin.Succeed("workers", "drain", "studio")).Trim());
        Assert.Equal("studio is online", (await admin.Succeed("workers", "resume", "studio")).Trim());
    }

    private async Task<TestTerminal> LogIn(string token)
    {
        var terminal = new TestTerminal { Typed = token };
        await terminal.Succeed("login", gateway.Address.ToString());
        return terminal;
    }
}
