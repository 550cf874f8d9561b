using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Security;
using OpenClaw.Protocol;

namespace OpenClaw.Gateway.OpenApi;

/// <summary>GET /openapi.json: docs/openapi.json, which a test keeps true to routes and types.</summary>
internal sealed class OpenApiEndpoint : IEndpoint
{
    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapRead(Routes.OpenApi, _ => new(Reply.FromJson(Document.Value))).RequirePolicy(AccessPolicy.AnyToken);

    private static readonly Lazy<byte[]> Document = new(() =>
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });
}
