using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using OpenClaw.Cli.Tests.Hosting;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Signing;
using OpenClaw.TestKit.Processes;
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
        Assert.Matches(
            "chain standalone ends at link [0-9]+, and the earlier export had heard of [0-9]+: the newest were cut off", run.Error);
    }

    [Theory]
    [InlineData("DELETE FROM audit_notes WHERE seq = (SELECT min(seq) FROM audit_notes)", "note [0-9]+ of 20[^ ]+ [^ ]+ was deleted")]
    [InlineData("UPDATE audit_notes SET token_id = 'nobody'", "note [0-9]+ of 20[^ ]+ [^ ]+ was changed")]
    [InlineData("UPDATE audit SET payload_digest = zeroblob(32)", "version 1 of task number [0-9]+ \\([^)]+\\) was changed")]
    [InlineData("UPDATE audit SET exit_code = 0", "version 1 of task number [0-9]+ \\([^)]+\\) was changed")]
    [InlineData(
        "UPDATE task_specs SET payload = CAST(replace(CAST(payload AS TEXT), 'true', 'evil') AS BLOB)",
        "the payload that is stored is not the one that was accepted")]
    public async Task Notes_and_digests_that_were_changed_in_the_database_are_found_at_the_server(string sql, string sentence)
    {
        await using var own = await LiveGateway.Start();
        using var admin = await LogIn(own.Tokens["admin"], own);
        using var client = await LogIn(own.Tokens["client"], own);
        await Submit(1, own);
        Assert.Equal(ExitCodes.NotAllowed, (await client.Run("audit", "notes")).ExitCode);
        var text = "";
        await Eventually.Is(
            async () => (text = await admin.Succeed("audit", "verify")).Contains(" 1 note, ", StringComparison.Ordinal), "it is written");
        Assert.StartsWith("verified: ", text, StringComparison.Ordinal);

        Change(own, sql);

        var run = await admin.Run("audit", "verify");
        Assert.Equal(ExitCodes.No, run.ExitCode);
        Assert.Matches(sentence, run.Error);
    }

    [Fact]
    public async Task The_age_of_an_old_export_counts_from_its_own_time()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        await Submit(1);
        var path = admin.WriteFile("audit.ndjson", await admin.Succeed("audit", "export"));
        Assert.Contains(
            "ages count from the time of the export, 20", (await admin.Run("audit", "verify", path)).Error, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(path);
        lines[0] = AuditFile.FormatChains(AuditFile.ParseChains(lines[0])! with { At = null });
        path = admin.WriteFile("older.ndjson", string.Join('\n', lines));
        Assert.Contains("does not say when it was made", (await admin.Run("audit", "verify", path)).Error, StringComparison.Ordinal);
    }

    /// <summary>All that who owns the database can do to what a worker has heard of, with every hash written anew.</summary>
    [Theory]
    [InlineData("newest", "chain standalone ends at link [0-9]+, and pc-1 had heard of [0-9]+: the newest were cut off")]
    [InlineData("half", "chain standalone ends at link [0-9]+, and pc-1 had heard of [0-9]+: the newest were cut off")]
    [InlineData("rewrite", "chain standalone, link [0-9]+ is not the one that pc-1 had heard of: the chain was rewritten")]
    [InlineData("begin later", "chain standalone begins with another link than pc-1 had heard of")]
    [InlineData("gone", "chain standalone, of which pc-1 had heard, is gone")]
    public async Task What_a_worker_was_told_finds_what_the_chains_themselves_do_not_show(string how, string sentence)
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        await Submit(6);
        var lines = (await admin.Succeed("audit", "export")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (chain, links) = (AuditFile.ParseChains(lines[0])!.Chains[0], lines[1..].Select(ParseLink).ToList());
        using var key = SigningKey.Generate();
        var told = new[] { links[links.Count / 2], links[^1] }
            .Select(link => new WitnessedHead("srv", link.Chain, link.Link, link.Hash, DateTimeOffset.UnixEpoch));
        var witness = admin.WriteFile("pc-1.json", SignedWitness.Format(
            new WitnessStatement { Worker = "pc-1", At = DateTimeOffset.UnixEpoch, Log = new(1, chain.Hash), Heads = [.. told] }, key));
        Assert.Contains(
            $"pc-1: 2 heads until 1970-01-01 00:00:00Z, signed by the key {key.PublicKey.Id}",
            (await admin.Run("audit", "verify", "--witness", witness)).Error, StringComparison.Ordinal);

        AuditChainView[] chains = [Tamper(how, chain, links)];
        var changed = admin.WriteFile("changed.ndjson", string.Join('\n', [
            AuditFile.FormatChains(new(how == "gone" ? [] : chains)), .. links.Select(AuditFile.FormatLink)]));
        Assert.Equal(0, (await admin.Run("audit", "verify", changed)).ExitCode);
        var run = await admin.Run("audit", "verify", changed, "--witness", witness);
        Assert.Equal(ExitCodes.No, run.ExitCode);
        Assert.Matches(sentence, run.Error);
    }

    [Fact]
    public async Task A_witness_that_somebody_changed_is_none()
    {
        using var admin = await LogIn(gateway.Tokens["admin"]);
        using var key = SigningKey.Generate();
        var text = SignedWitness.Format(
            new WitnessStatement { Worker = "pc-1", At = DateTimeOffset.UnixEpoch, Log = new(0, ""), Heads = [] }, key);
        var path = admin.WriteFile("pc-1.json", text.Replace("\"payload\":\"", "\"payload\":\"ICAg", StringComparison.Ordinal));
        var run = await admin.Run("audit", "verify", "--witness", path);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("is not what the worker signed", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, (await admin.Run("audit", "verify", "--witness", path + ".none")).ExitCode);
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

    private static AuditLinkView ParseLink(string line) => JsonSerializer.Deserialize(line, ProtocolJson.Default.AuditLinkView)!;

    /// <summary>Changes the links, writes every hash anew, and tells where the chain begins and ends then.</summary>
    private static AuditChainView Tamper(string how, AuditChainView chain, List<AuditLinkView> links)
    {
        if (how == "newest") links.RemoveAt(links.Count - 1);
        if (how == "half") links.RemoveRange(links.Count / 3, links.Count - (links.Count / 3));
        var (hash, start, startHash) = (AuditDigest.Start, 0L, chain.StartHash);
        for (var i = 0; i < links.Count; i++)
        {
            if (i == 1 && how is "rewrite" or "begin later")
                links[i] = links[i] with { Entries = [links[i].Entries[0] with { Number = 77 }] };
            hash = AuditDigest.ComputeLink(hash, AuditLinkKind.Written, links[i].Link, [.. links[i].Entries.SelectMany(EncodeEntry)]);
            links[i] = links[i] with { Hash = Convert.ToHexStringLower(hash) };
        }
        if (how == "begin later")
        {
            var first = links.Count / 2;
            (start, startHash) = (links[first].Link, links[first].Hash);
            links.RemoveRange(0, first + 1);
        }
        var end = chain with { Start = start, StartHash = startHash, Link = links[^1].Link, Hash = links[^1].Hash };
        if (how == "gone") links.Clear();
        return end;
    }

    private static byte[] EncodeEntry(AuditEntryView entry)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, entry.Number);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), entry.Version!.Value);
        return [.. bytes, .. Convert.FromHexString(entry.Digest!)];
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
