using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Gateway.Tests.Security.Matrix;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Security;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Tests.Audit;

/// <summary>The audit over HTTP: verifiable as a whole, silent about other tenants.</summary>
public sealed class AuditRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task What_was_done_is_verified_from_page_to_page()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add(await Submit());
        var (verdict, rows) = await Verify(gateway.Admin);
        Assert.Empty(verdict.Findings);
        Assert.True(verdict.Rows >= 5);
        Assert.Empty(ids.Except(rows.Select(row => row.Task.ToString())));
        Assert.All(rows.Where(row => row.What == "submit"), row => Assert.Equal(1, row.Version));
        var accepted = Convert.ToHexStringLower(SHA256.HashData("command\n{\"command\":\"true\"}"u8));
        Assert.All(
            rows.Where(row => row.What == "submit"), row => Assert.Equal((accepted, accepted), (row.PayloadDigest, row.StoredPayload)));
    }

    [Fact]
    public async Task Of_another_tenants_rows_the_digests_are_told_alone()
    {
        var text = TokenText.Create(Roles.Client);
        await Estate.StoreToken(gateway.Services.GetRequiredService<IGrainFactory>(), text, "elsewhere");
        var foreign = await Submit(gateway.With(text));
        var (verdict, rows) = await Verify(gateway.Admin);
        Assert.Empty(verdict.Findings);
        Assert.DoesNotContain(foreign, rows.Select(row => row.Task.ToString()));
        Assert.True(verdict.Withheld > 0);
    }

    [Fact]
    public async Task Administrators_of_other_tenants_and_narrowed_ones_are_told_nothing()
    {
        var elsewhere = TokenText.Create(Roles.Admin);
        await Estate.StoreToken(gateway.Services.GetRequiredService<IGrainFactory>(), elsewhere, "elsewhere");
        var made = await new TokensClient(gateway.Admin).MakeToken(new MakeToken
        {
            Role = "admin", Scopes = ["audit:read"], Narrowing = new TokenNarrowing { Workers = ["nobody"] },
        });
        foreach (var token in new[] { elsewhere, made.Value!.Secret })
        {
            var known = (await new AuditClient(gateway.Admin).ListChains()).Value!.Chains;
            string[] paths =
            [
                Routes.AuditChains, Routes.AuditNotes, "/audit/chains/x", .. known.Select(chain => $"/audit/chains/{chain.Chain}"),
            ];
            foreach (var path in paths) Assert.Equal(HttpStatusCode.Forbidden, (await gateway.With(token).GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task Notes_are_read_from_the_newest_back_and_say_who_it_was()
    {
        var audit = new AuditClient(gateway.Admin);
        var tokens = new TokensClient(gateway.Admin);
        var made = new List<string>();
        for (var i = 0; i < 3; i++) made.Add((await tokens.MakeToken(new MakeToken { Role = "client" })).Value!.Token.Id);
        var all = new List<AuditNoteView>();
        await Eventually.Holds(async () =>
        {
            all.Clear();
            while ((await audit.ListNotes(all.Count == 0 ? long.MaxValue : all[^1].Number, 2)).Value!.Notes is { Length: > 0 } page)
                all.AddRange(page);
            return made.TrueForAll(id => all.Exists(note => note.Detail?.Contains(id, StringComparison.Ordinal) == true));
        });
        Assert.Equal(all.Select(note => note.Number).OrderDescending().Distinct(), all.Select(note => note.Number));
        var last = all.First(note => note.Detail!.Contains(made[2], StringComparison.Ordinal));
        Assert.Equal(gateway.Tokens["admin"].Split('_')[2], last.TokenId.Split('/')[0]);
        Assert.Equal("127.0.0.1", last.Address);
    }

    [Theory]
    [InlineData("/audit/notes?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/audit/notes?limit=501", HttpStatusCode.BadRequest)]
    [InlineData("/audit/notes?before=0", HttpStatusCode.BadRequest)]
    [InlineData("/audit/notes?before=x", HttpStatusCode.BadRequest)]
    [InlineData("/audit/notes?before=1", HttpStatusCode.OK)]
    [InlineData("/audit/notes?what=token-made,worker-enrolled", HttpStatusCode.OK)]
    [InlineData("/audit/notes?what=token-made,", HttpStatusCode.BadRequest)]
    [InlineData("/audit/chains/x?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/audit/chains/x?limit=101", HttpStatusCode.BadRequest)]
    [InlineData("/audit/chains/x?after=-1", HttpStatusCode.BadRequest)]
    [InlineData("/audit/chains/x?after=abc", HttpStatusCode.BadRequest)]
    [InlineData("/audit/chains/x?format=0", HttpStatusCode.BadRequest)]
    [InlineData("/audit/chains/x?format=2", HttpStatusCode.OK)]
    [InlineData("/audit/chains/x?format=99", HttpStatusCode.OK)]
    [InlineData("/audit/chains/a%00b", HttpStatusCode.BadRequest)]
    [InlineData("/audit/chains/nobody-has-it", HttpStatusCode.OK)]
    public async Task Bad_input_is_refused_and_a_chain_that_is_not_there_is_empty(string path, HttpStatusCode expected) =>
        Assert.Equal(expected, (await gateway.Admin.GetAsync(path)).StatusCode);

    [Fact]
    public async Task A_client_token_reads_no_audit() =>
        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.Client.GetAsync(Routes.AuditChains)).StatusCode);

    [Fact]
    public async Task A_worker_that_asks_is_told_where_the_chains_end()
    {
        await Submit();
        var workers = new WorkersClient(gateway.Worker, SessionProtocol.Newest);
        var opened = (await workers.OpenSession(
            new OpenSession { Name = "witness", Instance = "i", Kinds = ["command"], Os = "linux", Arch = "x64" })).Value!;
        Assert.Equal(SessionProtocol.Newest, opened.Protocol);
        var beat = new Heartbeat { Session = opened.Session, WantsAuditHeads = true };
        var head = Assert.Single((await workers.Heartbeat(beat)).Value!.AuditHeads!);
        var chain = Assert.Single((await new AuditClient(gateway.Admin).ListChains()).Value!.Chains);
        Assert.Equal(chain.Chain, head.Chain);
        Assert.InRange(head.Link, 1, chain.Link);
        Assert.Null((await workers.Heartbeat(beat with { WantsAuditHeads = null })).Value!.AuditHeads);
    }

    private async Task<string> Submit(HttpClient? by = null)
    {
        using var answer = await (by ?? gateway.Client).PostAsync(Routes.Tasks, GatewayHost.Json("""{"command":"true"}"""));
        return System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("taskId").GetString()!;
    }

    private static async Task<(AuditVerdict Verdict, List<AuditRowView> Rows)> Verify(HttpClient http)
    {
        var client = new AuditClient(http);
        var known = (await client.ListChains()).Value!.Chains;
        var (verifier, rows) = (new AuditVerifier(known, []), new List<AuditRowView>());
        foreach (var chain in known)
        {
            for (var after = chain.Start; after < chain.Link;)
            {
                var page = (await client.ListLinks(chain.Chain, after, 2)).Value!;
                foreach (var link in page.Links.Where(link => link.Link <= chain.Link))
                {
                    verifier.CheckLink(link);
                    rows.AddRange(link.Entries.Select(entry => entry.Row).OfType<AuditRowView>());
                }
                after = page.Links[^1].Link;
            }
        }
        return (verifier.Conclude(), rows);
    }
}
