using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Security;
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
