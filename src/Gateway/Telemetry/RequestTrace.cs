using System.Diagnostics;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Tasks;

namespace OpenClaw.Gateway.Telemetry;

/// <summary>
/// The span of a request, below the caller's when it names one. A worker's call has one only below a task's: polls and heartbeats, which
/// come all the time and belong to no task, have none. While nobody listens a request costs one read of a flag.
/// </summary>
internal static class RequestTrace
{
    /// <summary>Name of the meter and of the source of spans, the same in every project.</summary>
    public const string Name = "OpenClaw";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Middleware, after the caller was let in: nobody else is to fill the store of traces.</summary>
    public static RequestDelegate WrapRequest(RequestDelegate next) =>
        context => Source.HasListeners() && StartSpan(context) is { } span ? RunTraced(context, next, span) : next(context);

    /// <summary>
    /// The trace a new task belongs to: the span of this request, so that the task's command hangs below it; else what the caller sent.
    /// </summary>
    public static string? FindTraceParent(HttpContext context) =>
        Activity.Current is { Recorded: true } span && span.Source == Source ? span.Id
            : TaskSpecs.ParseTrace(context.Request.Headers.TraceParent);

    private static Activity? StartSpan(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } route } endpoint) return null;
        var caller = ReadSentContext(context);
        if (caller is null && !StartsTraces(endpoint)) return null;
        var method = context.Request.Method;
        KeyValuePair<string, object?>[] tags = [new("http.request.method", method), new("http.route", route)];
        return Source.StartActivity(method + " " + route, ActivityKind.Server, caller ?? default, tags);
    }

    /// <summary>What clients ask for is worth a trace of its own; what machines ask for all day is not.</summary>
    private static bool StartsTraces(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<AccessPolicy>() is { IsOpen: false } policy
        && (policy.Needs & ~ScopeTable.GetAllowed(Roles.Client)) == 0;

    private static async Task RunTraced(HttpContext context, RequestDelegate next, Activity span)
    {
        using var ends = span;
        try
        {
            await next(context);
        }
        catch (Exception error)
        {
            span.SetStatus(ActivityStatusCode.Error, error.GetType().Name);
            throw;
        }
        var status = context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status >= 500) span.SetStatus(ActivityStatusCode.Error);
    }

    private static ActivityContext? ReadSentContext(HttpContext context)
    {
        var headers = context.Request.Headers;
        return TaskSpecs.ParseTrace(headers.TraceParent) is { } text
            && ActivityContext.TryParse(text, headers.TraceState, isRemote: true, out var sent)
            ? sent
            : null;
    }
}
