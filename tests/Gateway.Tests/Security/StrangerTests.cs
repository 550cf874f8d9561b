using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Enrolment;
using OpenClaw.Gateway.Tests.Hosting;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Tests.Security;

/// <summary>What requests of people nobody knows cost the cluster.</summary>
public sealed class StrangerTests
{
    [Fact]
    public async Task Ids_that_are_made_up_reach_no_grain_and_one_that_is_made_does()
    {
        var calls = new Calls();
        await using var gateway = await LiveGateway.Start(configure: services => services.AddSingleton<IIncomingGrainCallFilter>(calls));
        calls.Names.Clear();
        for (var i = 0; i < 50; i++)
        {
            using var stranger = gateway.With(TokenText.Create(i % 2 == 0 ? Roles.Client : Roles.Worker));
            using var answer = await stranger.GetAsync("/tasks");
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests, answer.StatusCode.ToString());
            var (status, _) = await gateway.With(null).Post(
                Routes.Challenge, $$"""{"identity":"{{TokenText.Create(Roles.Worker).Split('_')[2]}}"}""");
            Assert.True(status is HttpStatusCode.OK, status.ToString());
        }
        Assert.Empty(calls.Names);

        using var made = gateway.With((await new TokensClient(gateway.Admin).MakeToken(new MakeToken { Role = "client" })).Value!.Secret);
        Assert.Equal(HttpStatusCode.OK, (await made.GetAsync("/tasks")).StatusCode);
        Assert.NotEmpty(calls.Names);
    }

    [Fact]
    public async Task Challenges_are_asked_for_only_so_often_from_one_address_whoever_is_asked_about()
    {
        await using var gateway = await LiveGateway.Start();
        var http = gateway.With(null);
        var answers = new List<HttpStatusCode>();
        while (!answers.Contains(HttpStatusCode.TooManyRequests))
        {
            Assert.InRange(answers.Count, 0, 10 * SignedRequests.ChallengesPerMinute);
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
                (await http.Post(Routes.Challenge, $$"""{"identity":"nobody{{i:0000}}"}""")).Status)));
        }
        Assert.InRange(answers.Count(status => status == HttpStatusCode.OK), SignedRequests.ChallengesPerMinute, int.MaxValue);
        using var answer = await http.PostAsync(Routes.Challenge, GatewayHost.Json("""{"identity":"nobody0000"}"""));
        if (answer.StatusCode == HttpStatusCode.TooManyRequests) Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/tasks")).StatusCode);
    }

    /// <summary>The grains that were asked.</summary>
    private sealed class Calls : IIncomingGrainCallFilter
    {
        public ConcurrentBag<string> Names { get; } = [];

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod.DeclaringType?.Namespace == typeof(ITokenGrain).Namespace) Names.Add($"{context.TargetId}");
            return context.Invoke();
        }
    }
}
