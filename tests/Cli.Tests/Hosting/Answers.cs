using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;
using OpenClaw.TestKit.FakeGateway;

namespace OpenClaw.Cli.Tests.Hosting;

/// <summary>What a server says, for a fake one.</summary>
internal static class Answers
{
    /// <summary>A token of the right form.</summary>
    public const string Token = FakeGateway.Token;

    public static FalseAnswer Caller { get; } = new(200, "application/json", JsonSerializer.Serialize(
        new CallerView { TokenId = "testtesttt", Roles = ["admin"], Tenant = "default", Scopes = ["tokens:admin"] },
        ProtocolJson.Default.CallerView));

    public static FalseAnswer Problem(int status, string sentence, FieldError[]? errors = null) =>
        new(status, "application/problem+json", JsonSerializer.Serialize(new Problem
        {
            Type = "urn:openclaw:test", Title = "Test", Status = status, Detail = sentence, Error = sentence, Errors = errors,
        }, ProtocolJson.Default.Problem));

    public static async Task<FakeGateway> StartGateway(FalseAnswer answer)
    {
        var gateway = await FakeGateway.Start();
        gateway.InBetween = _ => answer;
        return gateway;
    }
}
