using Microsoft.AspNetCore.Http.Features.Authentication;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security;

/// <summary>After routing: asks for the token the endpoint's policy wants. No policy, no entry.</summary>
internal sealed class AuthMiddleware(
    RequestDelegate next, TokenCheck tokens, TokensAreKnown start, FailureThrottle throttle, IAuditTrail audit, TimeProvider clock)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return context.Answer(ProblemTable.OfStatus(404));
        if (QueryToken.IsIn(context.Request.QueryString.Value)) return RefuseQueryToken(context);
        // Routing's own answer (405) is no route.
        if (endpoint is not RouteEndpoint) return next(context);
        if (endpoint.Metadata.GetMetadata<Policy>() is not { } policy) return context.Answer(ProblemTable.Forbidden("none"));
        if (policy.Open) return next(context);
        if (Bearer(context.Request) is not { } token) return Refuse(context);
        // Asked before the token is looked up: it may be stored in between.
        var isFinal = start.Known;
        var check = tokens.Check(token, context.Connection.RemoteIpAddress);
        return check.IsCompletedSuccessfully ? Admit(context, policy, check.Result, isFinal) : Wait(context, policy, check, isFinal);
    }

    private async Task Wait(HttpContext context, Policy policy, ValueTask<Caller?> check, bool isFinal) =>
        await Admit(context, policy, await check, isFinal);

    private Task Admit(HttpContext context, Policy policy, Caller? caller, bool isFinal)
    {
        if (caller is null) return isFinal ? Refuse(context) : context.Answer(ProblemTable.Unavailable);
        if (!caller.May(policy)) return context.Answer(ProblemTable.Forbidden(policy.Scope));
        context.Features.Set<IHttpAuthenticationFeature>(caller);
        return next(context);
    }

    private static string? Bearer(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private Task Refuse(HttpContext context)
    {
        var wait = throttle.Fail(context.Connection.RemoteIpAddress);
        return wait == TimeSpan.Zero
            ? context.Answer(ProblemTable.Unauthenticated)
            : context.Answer(
                ProblemTable.Make(429, ProblemTypes.TooManyRequests, "Too many failed attempts to authenticate from this address."),
                (int)Math.Ceiling(wait.TotalSeconds));
    }

    private Task RefuseQueryToken(HttpContext context)
    {
        audit.Note(new AuditNote(clock.GetUtcNow(), "token-in-query", AuditNote.Stranger,
            context.Connection.RemoteIpAddress?.ToString(), null, context.Request.Path.Value));
        return Refuse(context);
    }
}
