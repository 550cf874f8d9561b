using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Tests.Security.Tenants;

/// <summary>Tenants over HTTP: made by the server's own administrators, used by their own, disabled and enabled again.</summary>
public sealed class TenantRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private readonly PeopleClient admin = new(gateway.Admin);

    [Fact]
    public async Task A_tenant_is_made_once_and_its_first_token_is_the_way_into_it()
    {
        var made = await Make("lab");
        Assert.Equal(("lab", "active"), (made.Tenant.Name, made.Tenant.Status));
        var lab = gateway.With(made.Secret);
        var me = (await new TokensClient(lab).GetCaller()).Value!;
        Assert.Equal(("lab", "admin"), (me.Tenant, me.Roles.Single()));
        var task = await lab.Submit("""{"kind":"never-run"}""");
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Admin.Get($"/tasks/{task}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await lab.Get($"/tasks/{task}")).Status);

        Assert.Equal("urn:openclaw:name-taken", (await admin.MakeTenant(new MakeTenant { Name = "lab" })).Problem?.Type);
        var listed = (await admin.ListTenants()).Value!.Tenants;
        Assert.Equal(["default", "lab"], listed.Select(tenant => tenant.Name).Intersect(["default", "lab"]));
        Assert.DoesNotContain(made.Secret[19..62], await gateway.Admin.GetStringAsync("/admin/tenants"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tokens_of_a_disabled_tenant_are_refused_on_every_gateway_and_its_tasks_stay()
    {
        await using var second = await SecondGateway.Start(gateway);
        var made = await Make("closed");
        var there = gateway.With(made.Secret);
        var task = await there.Submit("""{"kind":"never-run"}""");
        var worker = (await new TokensClient(there).MakeToken(new MakeToken { Role = "worker" })).Value!;
        using var elsewhere = new HttpClient { BaseAddress = second.Address };
        elsewhere.DefaultRequestHeaders.Authorization = new("Bearer", made.Secret);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.Get("/tasks")).Status);
        var held = Assert.ThrowsAnyAsync<Exception>(() => elsewhere.GetAsync($"/tasks/{task}?wait=60000"));
        var waits = second.Services.GetRequiredService<LongRequests>();
        await Eventually.Holds(() => Task.FromResult(waits.Tokens.Any(use => use.Caller.Tenant == "closed")));

        Assert.Equal("disabled", (await admin.DisableTenant("closed")).Value!.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.Get("/tasks")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.With(worker.Secret).Get("/worker/poll?wait=0")).Status);
        await held.WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.Holds(async () => (await elsewhere.Get("/tasks")).Status == HttpStatusCode.Unauthorized);

        Assert.Equal("active", (await admin.EnableTenant("closed")).Value!.Status);
        Assert.Equal("queued", (await there.Get($"/tasks/{task}")).Body.Text("state"));
    }

    [Fact]
    public async Task Only_administrators_of_the_server_see_tenants_and_to_all_others_there_are_none()
    {
        var made = await Make("curious");
        var answers = new List<string>();
        foreach (var name in new[] { "curious", "default", "nothing" })
        {
            using var answer = await gateway.With(made.Secret).PostAsync($"/admin/tenants/{name}/disable", null);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            answers.Add(await answer.Content.ReadAsStringAsync());
        }
        Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.With(made.Secret).Get("/admin/tenants")).Status);
        var narrowed = (await new TokensClient(gateway.Admin).MakeToken(
            new MakeToken { Role = "admin", Narrowing = new() { Workers = ["pc"] } })).Value!;
        Assert.Equal(HttpStatusCode.Forbidden, (await gateway.With(narrowed.Secret).Get("/admin/tenants")).Status);
        var ending = (await new TokensClient(gateway.Admin).MakeToken(new MakeToken { Role = "admin", ExpiresIn = 60_000 })).Value!;
        var late = await new PeopleClient(gateway.With(ending.Secret)).MakeTenant(new MakeTenant { Name = "late" });
        Assert.Equal(403, late.Problem?.Status);
    }

    [Fact]
    public async Task Of_several_that_make_one_tenant_at_the_same_moment_one_gets_its_token_and_the_others_hear_that_it_is_taken()
    {
        for (var round = 0; round < 5; round++)
        {
            var name = $"race-{round}";
            var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => admin.MakeTenant(new MakeTenant { Name = name })));
            var mine = Assert.Single(made, one => one.IsOk).Value!;
            Assert.All(made.Where(one => !one.IsOk), one => Assert.Equal("urn:openclaw:name-taken", one.Problem?.Type));
            Assert.Single((await new TokensClient(gateway.With(mine.Secret)).ListTokens()).Value!.Tokens);
        }
    }

    private async Task<IssuedTenantView> Make(string name)
    {
        var made = await admin.MakeTenant(new MakeTenant { Name = name });
        Assert.True(made.IsOk, made.Why);
        return made.Value!;
    }
}
