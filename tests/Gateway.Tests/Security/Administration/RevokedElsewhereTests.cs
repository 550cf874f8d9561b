using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.Protocol.Security;
using Xunit.Abstractions;

namespace OpenClaw.Gateway.Tests.Security.Administration;

/// <summary>What goes on through one gateway with a token that was revoked, or given less to do, through another one.</summary>
public sealed class RevokedElsewhereTests(LiveGateway gateway, ITestOutputHelper output) : IClassFixture<LiveGateway>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory, InlineData("revoke"), InlineData("rotate"), InlineData("change")]
    public async Task It_is_cut_and_refused(string how)
    {
        await using var second = await SecondGateway.Start(gateway);
        var admin = new TokensClient(gateway.Admin);
        var (client, worker) = (await Make(admin, "client"), await Make(admin, "worker"));
        var id = await gateway.Client.Submit("""{"kind":"never-run"}""");
        var session = (await SessionWorker.Open(gateway, http: gateway.With(worker.Secret))).Session;
        var poll = $$"""{"session":"{{session}}","freeSlots":1,"held":[],"wait":50000}""";
        Task[] held =
        [
            Read(second, client, $"/tasks/{id}?wait=300000"), Read(second, client, $"/tasks/{id}/events"),
            Read(second, client, $"/tasks/{id}/output?follow=true"), Read(second, worker, "/worker/poll?wait=60000&name=some-pc"),
            Read(second, worker, "/worker/poll", poll),
        ];
        var underWay = second.Services.GetRequiredService<LongRequests>();
        await Eventually.Holds(() => Task.FromResult(underWay.Tokens.Sum(token => token.Requests) == held.Length));
        using var http = new HttpClient { BaseAddress = second.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", client.Secret);
        Assert.Equal(HttpStatusCode.OK, (await http.Get("/tasks")).Status);
        var over = Task.WhenAll(held.Select(request => Assert.ThrowsAnyAsync<Exception>(() => request)));
        Assert.False(over.IsCompleted);

        var began = Stopwatch.GetTimestamp();
        foreach (var token in new[] { client, worker }) await End(admin, token, how);
        await Eventually.Holds(async () => (await http.Get("/tasks")).Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
        output.WriteLine($"{how}: refused after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        await over.WaitAsync(Patience);
        output.WriteLine($"{how}: all cut after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
    }

    private static async Task<IssuedTokenView> Make(TokensClient admin, string role)
    {
        var made = await admin.MakeToken(new MakeToken { Role = role });
        Assert.True(made.IsOk, made.Why);
        return made.Value!;
    }

    private static async Task End(TokensClient admin, IssuedTokenView token, string how)
    {
        var scopes = new[] { token.Token.Role == "worker" ? "worker" : "tasks:submit" };
        var done = how switch
        {
            "revoke" => (await admin.RevokeToken(token.Token.Id)).IsOk,
            "rotate" => (await admin.RotateToken(token.Token.Id, new RotateToken())).IsOk,
            _ => (await admin.ChangeToken(token.Token.Id, new ChangeToken { Scopes = scopes })).IsOk,
        };
        Assert.True(done);
    }

    /// <summary>Reads an answer to its end, which does not come.</summary>
    private static async Task Read(SecondGateway at, IssuedTokenView token, string path, string? body = null)
    {
        using var http = new HttpClient { BaseAddress = at.Address, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token.Secret);
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (body is not null) request.Content = GatewayHost.Json(body);
        using var answer = await http.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
    }
}
