using OpenClaw.Gateway.Endpoints;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>Tells whoever has a token whom the server takes them for, so that a program can say so before it tries.</summary>
internal sealed class MeEndpoint : IEndpoint
{
    private static readonly Roles[] Known = [Roles.Client, Roles.Worker, Roles.Admin];

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapRead(Routes.Me, context => new(Reply.FromValue(ToView(context.GetCaller()), ProtocolJson.Default.CallerView)))
            .RequirePolicy(AccessPolicy.AnyToken);

    private static CallerView ToView(Caller caller) => new()
    {
        TokenId = caller.TokenId,
        Name = caller.TokenName,
        Roles = [.. Known.Where(role => caller.Roles.HasFlag(role)).Select(TokenText.FormatRole)],
        Tenant = caller.Tenant,
        Person = caller.Person?.Name,
        Scopes = ScopeTable.FormatNames(caller.Rights.Scopes),
        Narrowing = caller.Rights.Narrowing?.ToView(),
        RequestsPerMinute = caller.Rights.RequestsPerMinute,
        MaxQueued = caller.Rights.MaxQueued,
        MaxRunning = caller.Rights.MaxRunning,
        ExpiresAt = caller.EndsAt?.ToUnixTimeMilliseconds(),
    };
}
