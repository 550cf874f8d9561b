using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Security;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Attempts;

/// <summary>
/// Problems on the routes of attempts name the attempt. Without that a worker could not tell "no such attempt" from "no such route", which
/// this server says to it as well when a proxy changes the path.
/// </summary>
internal static class AttemptProblems
{
    /// <summary>A worker's call about an attempt, whose id is in the route.</summary>
    public static void MapAttemptCall(this IEndpointRouteBuilder routes, string route, ReplyHandler handler) =>
        routes.MapChange(route, handler, NameAttempt).RequirePolicy(AccessPolicy.Work);

    private static Problem NameAttempt(HttpContext context, Problem problem) =>
        problem with { AttemptId = context.Request.RouteValues["id"] as string };
}
