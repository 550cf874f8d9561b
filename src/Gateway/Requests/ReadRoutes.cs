namespace OpenClaw.Gateway.Requests;

/// <summary>
/// Routes that only read take HEAD as they take GET, for probes and caches: the same status and headers, no body. A HEAD is answered at
/// once: it waits for nothing, follows nothing and takes no work.
/// </summary>
internal static class ReadRoutes
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder routes, string route, RequestDelegate handler) =>
        routes.MapMethods(route, Methods, handler);

    /// <summary>Nobody waits for a body.</summary>
    public static bool IsHead(this HttpContext context) => HttpMethods.IsHead(context.Request.Method);
}
