using System.Text.Json;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Tests.Tasks;

/// <summary>How many tasks of a token run at once, over HTTP.</summary>
public sealed class RunningLimitRouteTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    private readonly TokensClient admin = new(gateway.Admin);

    [Fact]
    public async Task The_rest_waits_and_says_why_others_overtake_it_and_a_rotated_token_is_the_same_one()
    {
        var made = await Make(new MakeToken { Role = "client", MaxRunning = 1 });
        Assert.Equal(1, made.Token.MaxRunning);
        var http = gateway.With(made.Secret);
        Assert.Equal(1, (await http.Get("/me")).Body.GetProperty("maxRunning").GetInt32());
        var studio = await SessionWorker.Open(gateway);
        var task = $$"""{"command":"id","worker":"{{studio.Name}}"}""";
        string[] ids = [await http.Submit(task), await http.Submit(task), await http.Submit(task)];
        var other = await gateway.Client.Submit(task);

        var first = await studio.Take();
        var second = await studio.Take();
        Assert.Equal([ids[0], other], new[] { first.TaskId, second.TaskId }.Order());
        Assert.Equal("the token's limit of 1 running task is reached", await ReadWhy(ids[1]));
        Assert.Equal("the token's limit of 1 running task is reached", await ReadWhy(ids[2]));
        var rotated = await admin.RotateToken(made.Token.Id, new RotateToken());
        Assert.Equal(1, rotated.Value!.Token.MaxRunning);

        await studio.Finish(first.TaskId == ids[0] ? first : second);
        Assert.Equal(ids[1], (await studio.Take()).TaskId);
        Assert.Equal("the token's limit of 1 running task is reached", await ReadWhy(ids[2]));
    }

    [Fact]
    public async Task A_changed_limit_counts_at_once_and_none_is_none()
    {
        var made = await Make(new MakeToken { Role = "client", MaxRunning = 1 });
        var http = gateway.With(made.Secret);
        var studio = await SessionWorker.Open(gateway);
        var task = $$"""{"command":"id","worker":"{{studio.Name}}"}""";
        string[] ids = [await http.Submit(task), await http.Submit(task), await http.Submit(task), await http.Submit(task)];
        Assert.Equal(ids[0], (await studio.Take()).TaskId);

        var changed = await admin.ChangeToken(made.Token.Id, new ChangeToken { Scopes = made.Token.Scopes, MaxRunning = 2 });
        Assert.Equal(2, changed.Value!.MaxRunning);
        Assert.Equal(ids[1], (await studio.Take()).TaskId);
        Assert.Equal("the token's limit of 2 running tasks is reached", await ReadWhy(ids[2]));

        Assert.Null((await admin.ChangeToken(made.Token.Id, new ChangeToken { Scopes = made.Token.Scopes })).Value!.MaxRunning);
        Assert.Equal(ids[2], (await studio.Take()).TaskId);
        Assert.Equal(ids[3], (await studio.Take()).TaskId);
    }

    [Fact]
    public async Task Nobody_with_a_limit_makes_a_token_without_one_or_with_a_larger_one()
    {
        var limited = new TokensClient(gateway.With((await Make(new MakeToken { Role = "admin", MaxRunning = 5 })).Secret));

        Assert.Equal(403, (await limited.MakeToken(new MakeToken { Role = "client" })).Problem!.Status);
        var larger = await limited.MakeToken(new MakeToken { Role = "client", MaxRunning = 6 });
        Assert.Equal((403, "maxRunning"), (larger.Problem!.Status, larger.Problem.Errors![0].Field));
        Assert.Equal(5, (await limited.MakeToken(new MakeToken { Role = "client", MaxRunning = 5 })).Value!.Token.MaxRunning);
    }

    private async Task<string?> ReadWhy(string task) => (await gateway.Client.Get($"/tasks/{task}")).Body is { } view
        && view.TryGetProperty("why", out JsonElement why) ? why.GetString() : null;

    private async Task<IssuedTokenView> Make(MakeToken order)
    {
        var made = await admin.MakeToken(order);
        Assert.True(made.IsOk, made.Why);
        return made.Value!;
    }
}
