using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Tests.Security.Administration;

/// <summary>Somebody can administer tokens, whatever is done; a database of its own, because others make administrators.</summary>
public sealed class LastAdminTests
{
    [Fact]
    public async Task The_last_token_that_administers_is_neither_revoked_nor_changed_to_one_that_does_not()
    {
        await using var gateway = await LiveGateway.Start();
        var (first, id) = (new TokensClient(gateway.Admin), gateway.Tokens["admin"][8..18]);
        Assert.Equal("urn:openclaw:last-admin", (await first.RevokeToken(id)).Problem?.Type);
        Assert.Equal("urn:openclaw:last-admin", (await first.ChangeToken(id, new ChangeToken { Scopes = ["tasks:read"] })).Problem?.Type);
        var readsOnly = (await first.MakeToken(new MakeToken { Role = "admin", Scopes = ["tasks:read"] })).Value!;
        Assert.Equal("urn:openclaw:last-admin", (await first.RevokeToken(id)).Problem?.Type);
        Assert.True((await first.RevokeToken(readsOnly.Token.Id)).IsOk);

        var second = (await first.MakeToken(new MakeToken { Role = "admin" })).Value!;
        Assert.True((await first.RevokeToken(id)).IsOk);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.Admin.Get("/admin/tokens")).Status);
        var other = new TokensClient(gateway.With(second.Secret));
        Assert.Equal("urn:openclaw:last-admin", (await other.RevokeToken(second.Token.Id)).Problem?.Type);
    }

    /// <summary>Else nobody is left when the other one has ended, or nobody who can give what it has not.</summary>
    [Fact]
    public async Task One_that_ends_or_may_do_less_is_no_other_one()
    {
        await using var gateway = await LiveGateway.Start();
        var (first, id) = (new TokensClient(gateway.Admin), gateway.Tokens["admin"][8..18]);
        MakeToken[] less =
        [
            new() { Role = "admin", ExpiresIn = 3_600_000 }, new() { Role = "admin", Scopes = ["tokens:admin"] },
            new() { Role = "admin", Narrowing = new() { Kinds = ["command"] } },
        ];
        foreach (var order in less)
        {
            var other = new TokensClient(gateway.With((await first.MakeToken(order)).Value!.Secret));
            Assert.False((await other.RevokeToken(id)).IsOk);
        }
        Assert.Equal("urn:openclaw:last-admin", (await first.RevokeToken(id)).Problem?.Type);
    }

    [Fact]
    public async Task All_of_it_is_so_after_a_restart()
    {
        await using var gateway = await LiveGateway.Start();
        var admin = new TokensClient(gateway.Admin);
        var narrowing = new TokenNarrowing { Workers = ["alpha"], Labels = ["lab"], Kinds = ["command"], MaxTimeout = 1_000 };
        var order = new MakeToken
        {
            Role = "client", Name = "kept", Scopes = ["tasks:read"], Narrowing = narrowing, RequestsPerMinute = 60,
        };
        var (kept, revoked) = ((await admin.MakeToken(order)).Value!, (await admin.MakeToken(new MakeToken { Role = "client" })).Value!);
        var rotated = (await admin.RotateToken(kept.Token.Id, new RotateToken { Overlap = 3_600_000 })).Value!;
        Assert.True((await admin.RevokeToken(revoked.Token.Id)).IsOk);
        await gateway.Restart();

        admin = new TokensClient(gateway.Admin);
        var list = (await admin.ListTokens()).Value!.Tokens.ToDictionary(token => token.Id);
        Assert.Equal(JsonSerializer.Serialize(rotated.Token), JsonSerializer.Serialize(list[kept.Token.Id]));
        Assert.Equal("revoked", list[revoked.Token.Id].Status);
        Assert.Superset(gateway.Tokens.Values.Select(token => token[8..18]).ToHashSet(), list.Keys.ToHashSet());
        foreach (var secret in new[] { kept.Secret, rotated.Secret })
            Assert.Equal(HttpStatusCode.OK, (await gateway.With(secret).Get("/tasks")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.With(revoked.Secret).Get("/tasks")).Status);
    }

    [Fact]
    public async Task Two_who_revoke_each_other_at_once_leave_one()
    {
        await using var gateway = await LiveGateway.Start();
        var first = new TokensClient(gateway.Admin);
        for (var i = 0; i < 5; i++)
        {
            var made = (await first.MakeToken(new MakeToken { Role = "admin" })).Value!;
            var second = new TokensClient(gateway.With(made.Secret));
            var answers = await Task.WhenAll(second.RevokeToken(gateway.Tokens["admin"][8..18]), first.RevokeToken(made.Token.Id));
            Assert.Single(answers, answer => answer.IsOk);
            if (!answers[1].IsOk) return; // The other one is gone, and the test has nobody to go on with.
        }
    }

    [Fact]
    public async Task Who_did_what_to_which_token_is_noted()
    {
        var notes = new KeptNotes();
        await using var gateway = await LiveGateway.Start(configure: services => services.AddSingleton<IAuditTrail>(notes));
        var admin = new TokensClient(gateway.Admin);
        var id = (await admin.MakeToken(new MakeToken { Role = "client" })).Value!.Token.Id;
        await admin.ChangeToken(id, new ChangeToken { Scopes = ["tasks:read"] });
        await admin.RotateToken(id, new RotateToken());
        await admin.RevokeToken(id);

        Assert.Equal(["token-made", "token-changed", "token-rotated", "token-revoked"], notes.Notes.Select(note => note.What));
        Assert.All(notes.Notes, note => Assert.Equal(
            (gateway.Tokens["admin"][8..18], "127.0.0.1", $"token {id}"), (note.TokenId, note.Address, note.Detail)));
    }

    private sealed class KeptNotes : IAuditTrail
    {
        public System.Collections.Concurrent.ConcurrentQueue<AuditNote> Notes { get; } = new();

        public ValueTask<IReadOnlyList<AuditEntry>> ReadEntries(Guid task, long afterVersion, CancellationToken cancellation) => new([]);

        public void AddNote(AuditNote note) => Notes.Enqueue(note);
    }
}
