using Microsoft.AspNetCore.Http.Features.Authentication;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Problems;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

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
        if (Bearer(context.Request) is not { } token) return Refuse(context, RefusalOf(context.Request));
        // Asked before the token is looked up: it may be stored in between.
        var final = start.Known ? token : null;
        var check = tokens.Check(token, context.Connection.RemoteIpAddress);
        return check.IsCompletedSuccessfully ? Admit(context, policy, check.Result, final) : Wait(context, policy, check, final);
    }

    private async Task Wait(HttpContext context, Policy policy, ValueTask<Caller?> check, string? final) =>
        await Admit(context, policy, await check, final);

    // final: the token when a no to it is final; null: it may be known in a moment.
    private Task Admit(HttpContext context, Policy policy, Caller? caller, string? final)
    {
        if (caller is null) return final is null ? context.Answer(ProblemTable.Unavailable) : Refuse(context, RefusalOf(final));
        if (!caller.May(policy)) return context.Answer(ProblemTable.Forbidden(policy.Scope));
        context.Features.Set<IHttpAuthenticationFeature>(caller);
        return next(context);
    }

    /// <summary>A typing error is seen in the text alone, so to name it gives nothing away.</summary>
    private static Problem RefusalOf(string token) => TokenForm.Judge(token) is TokenJudgement.NotWhole or TokenJudgement.Mistyped
        ? ProblemTable.MistypedToken
        : ProblemTable.Unauthenticated;

    private static Problem RefusalOf(HttpRequest request) =>
        request.Headers.Authorization.Count == 0 ? ProblemTable.NoToken : ProblemTable.Unauthenticated;

    private static string? Bearer(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private Task Refuse(HttpContext context, Problem refusal)
    {
        var wait = throttle.Fail(context.Connection.RemoteIpAddress);
        return wait == TimeSpan.Zero
            ? context.Answer(refusal)
            : context.Answer(
                ProblemTable.Make(429, ProblemTypes.TooManyRequests, "Too many failed attempts to authenticate from this address."),
                (int)Math.Ceiling(wait.TotalSeconds));
    }

    private Task RefuseQueryToken(HttpContext context)
    {
        audit.Note(new AuditNote(clock.GetUtcNow(), "token-in-query", AuditNote.Stranger,
            context.Connection.RemoteIpAddress?.ToString(), null, context.Request.Path.Value));
        return Refuse(context, ProblemTable.Unauthenticated);
    }
}
