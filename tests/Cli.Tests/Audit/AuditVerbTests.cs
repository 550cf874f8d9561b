using System.Text;
using System.Text.Json;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;
using SQLitePCL;

namespace OpenClaw.Cli.Tests.Audit;

/// <summary>The audit is exported and verified by the command, at a real gateway, and in files that somebody has changed.</summary>
public sealed class AuditVerbTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task What_is_exported_is_verified_without_the_server()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        await Submit(3);
        var path = admin.WriteFile("audit.ndjson", "older");
        var run = await admin.Run("audit", "export", "--output", path);
        Assert.True(run is { ExitCode: 0, Out: "" }, run.ToString());
        using var stranger = new TestTerminal();
        Assert.StartsWith("verified: ", await stranger.Succeed("audit", "verify", path), StringComparison.Ordinal);
        var verdict = JsonElement.Parse(await stranger.Succeed("audit", "verify", path, "--json"));
        Assert.InRange(verdict.GetProperty("rows").GetInt64(), 3, long.MaxValue);
        var text = await admin.Succeed("audit", "export");
        Assert.Equal(0, (await stranger.RunWithInput(text, "audit", "verify", "-")).ExitCode);
        Assert.StartsWith("verified: ", await admin.Succeed("audit", "verify", "--since", path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("edit", "was changed")]
    [InlineData("delete", "chain standalone, link 3 stands where link 2 should")]
    [InlineData("reorder", "chain standalone, link 3 stands where link 2 should")]
    [InlineData("truncate", "chain standalone has ")]
    [InlineData("garbage", "line 3 is no link")]
    public async Task A_changed_file_is_found_out(string how, string sentence)
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        await Submit(4);
        var lines = (await admin.Succeed("audit", "export")).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        switch (how)
        {
            case "edit": lines[2] = lines[2].Replace("\"what\":\"", "\"what\":\"x", StringComparison.Ordinal); break;
            case "delete": lines.RemoveAt(2); break;
            case "reorder": (lines[2], lines[3]) = (lines[3], lines[2]); break;
            case "truncate": lines.RemoveAt(lines.Count - 1); break;
            default: lines[2] = "{"; break;
        }
        var run = await admin.Run("audit", "verify", admin.WriteFile("changed.ndjson", string.Join('\n', lines)));
        Assert.Equal(ExitCodes.No, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("not as it was written", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_deleted_in_the_database_and_an_end_cut_off_are_found_at_the_server()
    {
        await using var own = await LiveGateway.Start();
        using var admin = await LogIn(own.Tokens["admin"], own);
        await Submit(3, own);
        var before = admin.WriteFile("before.ndjson", await admin.Succeed("audit", "export"));
        Change(own, "DELETE FROM audit WHERE task = (SELECT min(task) FROM audit)");
        var run = await admin.Run("audit", "verify");
        Assert.Equal(ExitCodes.No, run.ExitCode);
        Assert.Matches("chain standalone, link 1: version 1 of task number [0-9]+ was deleted", run.Error);

        Change(own, """
            DELETE FROM audit_links WHERE link = (SELECT link FROM audit_chains);
            UPDATE audit_chains SET link = link - 1, hash = (SELECT hash FROM audit_links ORDER BY link DESC LIMIT 1);
            """);
        run = await admin.Run("audit", "verify", "--since", before);
        Assert.Equal(ExitCodes.No, run.ExitCode);
        Assert.Matches("chain standalone ends at link [0-9]+, and others had heard of [0-9]+: the newest were cut off", run.Error);
    }

    [Fact]
    public async Task Who_may_not_and_what_is_no_export_are_told()
    {
        using var client = await LogIn(gateway.Tokens["client"]);
        var path = client.WriteFile("kept.ndjson", "kept");
        Assert.Equal(ExitCodes.NotAllowed, (await client.Run("audit", "export", "--output", path)).ExitCode);
        Assert.Equal("kept", await File.ReadAllTextAsync(path));
        Assert.Equal(ExitCodes.No, (await client.Run("audit", "verify", path)).ExitCode);
        Assert.Equal(ExitCodes.Usage, (await client.Run("audit", "verify", path + ".none")).ExitCode);
        Assert.Equal(ExitCodes.Usage, (await client.Run("audit", "verify", "--since", path)).ExitCode);
    }

    private static void Change(LiveGateway gateway, string sql)
    {
        var path = Path.Combine(gateway.Folder, "openclaw.db");
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(path, out var database, raw.SQLITE_OPEN_READWRITE, null));
        using (database)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_busy_timeout(database, 5_000));
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, sql));
            Assert.NotEqual(0, raw.sqlite3_total_changes(database));
        }
    }

    private async Task Submit(int count, LiveGateway? to = null)
    {
        for (var i = 0; i < count; i++)
        {
            using var body = new StringContent("""{"command":"true"}""", Encoding.UTF8, "application/json");
            using var answer = await (to ?? gateway).Client.PostAsync(Routes.Tasks, body);
            Assert.True(answer.IsSuccessStatusCode);
        }
    }

    private async Task<TestTerminal> LogIn(string token, LiveGateway? to = null)
    {
        var terminal = new TestTerminal { Typed = token };
        await terminal.Succeed("login", (to ?? gateway).Address.ToString());
        return terminal;
    }
}
