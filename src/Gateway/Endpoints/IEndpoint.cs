namespace OpenClaw.Gateway.Endpoints;

/// <summary>Some routes of one thing, with their handlers.</summary>
internal interface IEndpoint
{
    /// <summary>Maps the routes, each with its policy.</summary>
    void MapRoutes(IEndpointRouteBuilder routes);
}
