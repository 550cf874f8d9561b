using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Tests.Security.People;

/// <summary>People over HTTP: what their tokens may do follows from their roles, at every moment and on every gateway.</summary>
public sealed class PeopleRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private readonly PeopleClient admin = new(gateway.Admin);
    private readonly TokensClient tokens = new(gateway.Admin);

    [Fact]
    public async Task A_person_is_added_changed_seen_and_removed()
    {
        var added = await Add("ada", ["viewer"], "discord:123", "slack:T1/U2");
        Assert.Equal(("ada", "active", 0), (added.Name, added.Status, added.Version));
        Assert.Equal("urn:openclaw:name-taken", (await admin.AddPerson(new() { Name = "ada", Roles = ["viewer"] })).Problem?.Type);
        var token = await MakeToken("ada", "client");
        Assert.Equal("ada", token.Token.Person);
        Assert.Equal(["tasks:read", "tasks:payload", "workers:read"], token.Token.Scopes);
        var seen = (await admin.GetPerson("ada")).Value!;
        Assert.Equal((added.CreatedBy, token.Token.Id), (gateway.Tokens["admin"][8..18], seen.Tokens.Single()));
        Assert.Equal(["discord:123", "slack:T1/U2"], seen.Identities);

        Assert.Equal("ada", (await new TokensClient(gateway.With(token.Secret)).GetCaller()).Value!.Person);
        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.With(token.Secret).Post("/tasks", """{"command":"true"}""")).Status);
        await admin.ChangePerson("ada", new() { Roles = ["operator"] });
        await gateway.With(token.Secret).Submit("""{"kind":"never-run"}""");
        Assert.Empty((await admin.ChangePerson("ada", new() { Identities = [] })).Value!.Identities);

        Assert.True((await admin.RemovePerson("ada")).IsOk);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.With(token.Secret).Get("/tasks")).Status);
        Assert.Equal("revoked", (await tokens.GetToken(token.Token.Id)).Value!.Status);
        // Another one of the same name has nothing of theirs.
        await Add("ada", ["administrator"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.With(token.Secret).Get("/tasks")).Status);
        Assert.Equal(404, (await admin.GetPerson("nobody")).Problem?.Status);
    }

    [Fact]
    public async Task A_chat_identity_is_one_persons()
    {
        await Add("first-of-it", ["viewer"], "telegram:77");
        var other = new AddPerson { Name = "second-of-it", Roles = ["viewer"], Identities = ["telegram:77"] };
        Assert.Equal("urn:openclaw:identity-taken", (await admin.AddPerson(other)).Problem?.Type);
        await admin.ChangePerson("first-of-it", new() { Identities = [] });
        Assert.True((await admin.AddPerson(other)).IsOk);
    }

    [Fact]
    public async Task Who_is_disabled_is_cut_and_refused_on_every_gateway_until_enabled()
    {
        await using var second = await SecondGateway.Start(gateway);
        await Add("mallory", ["operator"]);
        var token = await MakeToken("mallory", "client");
        using var elsewhere = new HttpClient { BaseAddress = second.Address };
        elsewhere.DefaultRequestHeaders.Authorization = new("Bearer", token.Secret);
        var task = await elsewhere.Submit("""{"kind":"never-run"}""");
        var there = Assert.ThrowsAnyAsync<Exception>(() => elsewhere.GetAsync($"/tasks/{task}?wait=60000"));
        var here = Assert.ThrowsAnyAsync<Exception>(() => gateway.With(token.Secret).GetAsync($"/tasks/{task}?wait=60000"));
        foreach (var services in new[] { second.Services, gateway.Services })
        {
            var waits = services.GetRequiredService<LongRequests>();
            await Eventually.Holds(() => Task.FromResult(waits.Tokens.Any(use => use.Caller.Person?.Name == "mallory")));
        }

        Assert.Equal("disabled", (await admin.DisablePerson("mallory")).Value!.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.With(token.Secret).Get("/tasks")).Status);
        await Task.WhenAll(here, there).WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.Holds(async () => (await elsewhere.Get("/tasks")).Status == HttpStatusCode.Unauthorized);
        Assert.Equal("suspended", (await tokens.GetToken(token.Token.Id)).Value!.Status);
        Assert.Equal("suspended", (await tokens.ListTokens(limit: 500)).Value!.Tokens.Single(one => one.Id == token.Token.Id).Status);
        Assert.Equal(400, (await tokens.MakeToken(new() { Role = "client", Person = "mallory" })).Problem?.Status);

        Assert.Equal("active", (await admin.EnablePerson("mallory")).Value!.Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.With(token.Secret).Get("/tasks")).Status);
    }

    [Fact]
    public async Task Who_is_removed_is_cut_at_once_on_the_gateway_that_did_it()
    {
        await Add("leaver", ["operator"]);
        var leaver = gateway.With((await MakeToken("leaver", "client")).Secret);
        var task = await leaver.Submit("""{"kind":"never-run"}""");
        var held = Assert.ThrowsAnyAsync<Exception>(() => leaver.GetAsync($"/tasks/{task}?wait=60000"));
        var requests = gateway.Services.GetRequiredService<LongRequests>();
        bool IsHeld() => requests.Tokens.Any(use => use.Caller.Person?.Name == "leaver");
        await Eventually.Holds(() => Task.FromResult(IsHeld()));

        Assert.True((await admin.RemovePerson("leaver")).IsOk);
        Assert.False(IsHeld());
        await held.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Nobody_gives_a_role_that_is_more_than_they_have()
    {
        await Add("modest", ["viewer"]);
        var weak = await tokens.MakeToken(
            new() { Role = "admin", Scopes = ["tokens:admin", "tasks:read", "tasks:payload", "workers:read"] });
        var giver = new PeopleClient(gateway.With(weak.Value!.Secret));
        Assert.Equal("roles", (await giver.AddPerson(new() { Name = "strong", Roles = ["operator"] })).Problem?.Errors?.Single().Field);
        Assert.Equal(403, (await giver.ChangePerson("modest", new() { Roles = ["administrator"] })).Problem?.Status);
        Assert.True((await giver.AddPerson(new() { Name = "weak", Roles = ["viewer"] })).IsOk);
        // Nor makes a token that would become more than theirs with the person's next role.
        Assert.Equal(403, (await new TokensClient(gateway.With(weak.Value.Secret)).MakeToken(
            new() { Role = "client", Person = "modest" })).Problem?.Status);
        Assert.Equal("scopes", (await tokens.MakeToken(
            new() { Role = "client", Person = "modest", Scopes = ["tasks:submit"] })).Problem?.Errors?.Single().Field);
    }

    [Fact]
    public async Task A_person_never_counts_as_the_last_one_that_administers()
    {
        await Add("chief", ["administrator"]);
        var own = await MakeToken("chief", "admin");
        var last = await new TokensClient(gateway.With(own.Secret)).RevokeToken(gateway.Tokens["admin"][8..18]);
        Assert.Equal("urn:openclaw:last-admin", last.Problem?.Type);
    }

    [Fact]
    public async Task The_audit_names_the_person()
    {
        await Add("grace", ["operator"]);
        var token = await MakeToken("grace", "client");
        var task = await gateway.With(token.Secret).Submit("""{"kind":"never-run"}""");

        var trail = gateway.Services.GetRequiredService<IAuditTrail>();
        var rows = await trail.ReadEntries(Guid.Parse(task), 0, CancellationToken.None);
        Assert.Equal($"{token.Token.Id}/grace", rows[0].TokenId);
    }

    private async Task<PersonView> Add(string name, string[] roles, params string[] identities)
    {
        var added = await admin.AddPerson(new AddPerson { Name = name, Roles = roles, Identities = identities });
        Assert.True(added.IsOk, added.Why);
        return added.Value!;
    }

    private async Task<IssuedTokenView> MakeToken(string person, string role)
    {
        var made = await tokens.MakeToken(new MakeToken { Role = role, Person = person });
        Assert.True(made.IsOk, made.Why);
        return made.Value!;
    }
}
