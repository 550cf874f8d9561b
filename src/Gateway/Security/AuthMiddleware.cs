using Microsoft.AspNetCore.Http.Features.Authentication;
using OpenClaw.Gateway.Hosting;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security.Enrolment;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security;

/// <summary>After routing: asks for the token the endpoint's policy wants. No policy, no entry.</summary>
internal sealed class AuthMiddleware(
    RequestDelegate next, TokenCheck tokens, TokenReadiness start, FailureThrottle throttle, RefusalNotes notes, SignedRequests signed)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint) return context.Answer(ProblemTable.FromStatus(404));
        if (QueryToken.IsPresentIn(context.Request.QueryString.Value)) return AnswerQueryToken(context);
        // Routing's own answer (405) is no route.
        if (endpoint is not RouteEndpoint) return next(context);
        if (endpoint.Metadata.GetMetadata<AccessPolicy>() is not { } policy) return context.Answer(ProblemTable.CreateForbidden("none"));
        if (policy.IsOpen) return next(context);
        if (policy.TakesSignature && SignedRequests.FindSignature(context.Request) is { } signature)
            return AdmitSigned(context, policy, signature);
        if (FindBearerToken(context.Request) is not { } token) return AnswerThrottled(context, ToProblem(context.Request));
        // Asked before the token is looked up: it may be stored in between.
        var final = start.IsReady ? token : null;
        var check = tokens.FindCaller(token, context.Connection.RemoteIpAddress);
        return check.IsCompletedSuccessfully ? AdmitCaller(context, policy, check.Result, final)
            : AdmitWhenChecked(context, policy, check, final);
    }

    private async Task AdmitSigned(HttpContext context, AccessPolicy policy, string signature)
    {
        var (caller, problem) = await signed.FindCaller(context, signature);
        if (caller is not null)
        {
            await AdmitCaller(context, policy, caller, final: null);
            return;
        }
        if (problem!.Status is 401 or 403) notes.NoteKey(context, signature, problem);
        await (problem.Status == 401 ? AnswerThrottled(context, problem) : context.Answer(problem));
    }

    private async Task AdmitWhenChecked(HttpContext context, AccessPolicy policy, ValueTask<Caller?> check, string? final) =>
        await AdmitCaller(context, policy, await check, final);

    // final: the token when a no to it is final; null: it may be known in a moment.
    private Task AdmitCaller(HttpContext context, AccessPolicy policy, Caller? caller, string? final)
    {
        if (caller is null) return final is null ? context.Answer(ProblemTable.Unavailable) : AnswerRefused(context, final);
        if (caller.FindMissingScope(policy) is { } scope)
        {
            var problem = ProblemTable.CreateForbidden(scope);
            notes.NoteForbidden(context, caller, problem);
            return context.Answer(problem);
        }
        if (caller.Rights.RequestsPerMinute is { } most && tokens.CountRequest(caller.TokenId, most) is var wait && wait > TimeSpan.Zero)
        {
            notes.NoteRate(context, caller);
            return context.Answer(ProblemTable.CreateTooManyRequests(most), (int)Math.Ceiling(wait.TotalSeconds));
        }
        context.Features.Set<IHttpAuthenticationFeature>(caller);
        return next(context);
    }

    /// <summary>A typing error is seen in the text alone, so to name it gives nothing away.</summary>
    private static Problem ToProblem(string token) => TokenForm.JudgeText(token) is TokenJudgement.NotWhole or TokenJudgement.Mistyped
        ? ProblemTable.MistypedToken
        : ProblemTable.Unauthenticated;

    private static Problem ToProblem(HttpRequest request) =>
        request.Headers.Authorization.Count == 0 ? ProblemTable.NoToken : ProblemTable.Unauthenticated;

    private static string? FindBearerToken(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private Task AnswerThrottled(HttpContext context, Problem problem)
    {
        var wait = throttle.CountFailure(context.Connection.RemoteIpAddress);
        return wait == TimeSpan.Zero
            ? context.Answer(problem)
            : context.Answer(
                ProblemTable.CreateProblem(429, ProblemTypes.TooManyRequests,
                    "Too many failed attempts to authenticate from this address."),
                (int)Math.Ceiling(wait.TotalSeconds));
    }

    private Task AnswerRefused(HttpContext context, string token)
    {
        notes.NoteToken(context, token);
        // The secret of a session that is over: its worker has to hear that, and signs anew, whatever others at its address have done.
        return tokens.IsWorkersKey(token) ? context.Answer(ProblemTable.Unauthenticated) : AnswerThrottled(context, ToProblem(token));
    }

    private Task AnswerQueryToken(HttpContext context)
    {
        notes.NoteQueryToken(context);
        return AnswerThrottled(context, ProblemTable.Unauthenticated);
    }
}
