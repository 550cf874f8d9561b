using System.Net;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Tests.Security;

/// <summary>Who is refused is in the audit, and why.</summary>
public sealed class RefusalNoteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Fact]
    public async Task A_good_token_that_goes_beyond_what_it_may_is_on_record()
    {
        var made = await Make(new MakeToken
        {
            Role = "client", Scopes = ["tasks:submit"], Narrowing = new() { Workers = ["alpha"] }, RequestsPerMinute = 3,
        });
        using var http = gateway.With(made.Secret);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.Post("/tasks", """{"command":"true","worker":"beta"}""")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.Post("/tasks", """
            {"kind":"claude-cli","payload":{"prompt":"hi","sessionId":"0198c0de-0000-7000-8000-000000000001"}}
            """)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync("/tasks")).StatusCode);
        HttpStatusCode last;
        do last = (await http.Post("/tasks", "{}")).Status;
        while (last == HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.TooManyRequests, last);

        var notes = await ReadNotes(note => note.TokenId == made.Token.Id, 4);
        Assert.Equal(
            ["beyond-rights", "rate-exceeded", "scope-missing", "scope-missing"], notes.Select(note => note.What).Order());
        Assert.Contains(notes, note => note.Detail == "agents:run for POST /tasks");
        Assert.Contains(notes, note => note.Detail == "tasks:read for GET /tasks");
        Assert.Contains(notes, note => note.What == "beyond-rights" && note.Detail!.Contains("worker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_administrator_who_would_give_more_than_they_have_is_on_record()
    {
        var small = await Make(new MakeToken { Role = "admin", Scopes = ["tokens:admin"] });
        var asked = await new TokensClient(gateway.With(small.Secret)).MakeToken(
            new MakeToken { Role = "client", Scopes = ["tasks:submit"] });
        Assert.Equal(403, asked.Problem?.Status);
        Assert.Equal("beyond-rights", Assert.Single(await ReadNotes(note => note.TokenId == small.Token.Id, 1)).What);
    }

    [Fact]
    public async Task A_token_that_is_over_is_on_record_with_its_id_and_the_answer_says_nothing_of_it()
    {
        var made = await Make(new MakeToken { Role = "client" });
        var secret = made.Secret;
        Assert.True((await new TokensClient(gateway.Admin).RevokeToken(made.Token.Id)).IsOk);
        using var http = gateway.With(secret);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/tasks")).StatusCode);

        var note = Assert.Single(await ReadNotes(note => note.What == "token-refused", 1));
        Assert.Equal(("unknown", $"{made.Token.Id}: revoked", "127.0.0.1"), (note.TokenId, note.Detail, note.Address));
    }

    [Fact]
    public async Task Notes_are_found_by_what_they_are_however_many_others_are_between()
    {
        var names = Enumerable.Range(0, 3).Select(at => $"sought-{at}").ToArray();
        foreach (var name in names)
        {
            await Make(new MakeToken { Role = "client", Name = name });
            for (var i = 0; i < 3; i++) (await gateway.Client.GetAsync("/admin/tokens")).Dispose();
        }
        await ReadNotes(note => note.What == "token-made", 3);
        var client = new AuditClient(gateway.Admin);
        var first = (await client.ListNotes(limit: 2, what: ["token-made", "token-rotated"])).Value!;
        Assert.All(first.Notes, note => Assert.Equal("token-made", note.What));
        Assert.Equal(first.Notes[^1].Number, first.Next);
        var rest = (await client.ListNotes(first.Next!.Value, 500, ["token-made"])).Value!;
        Assert.Null(rest.Next);
        Assert.True(rest.Notes.Length >= 1);
        Assert.Empty((await client.ListNotes(what: ["nothing-of-that-name"])).Value!.Notes);
    }

    private async Task<IssuedTokenView> Make(MakeToken make) => (await new TokensClient(gateway.Admin).MakeToken(make)).Value!;

    private async Task<List<AuditNoteView>> ReadNotes(Predicate<AuditNoteView> which, int count)
    {
        var found = new List<AuditNoteView>();
        await Eventually.Holds(async () =>
        {
            found = [.. (await new AuditClient(gateway.Admin).ListNotes(limit: 500)).Value!.Notes.Where(note => which(note))];
            return found.Count >= count;
        });
        return found;
    }
}
