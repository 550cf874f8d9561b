using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features.Authentication;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security;

/// <summary>Who sends this request, after its token was checked.</summary>
internal sealed class Caller(
    string tokenId, string tenant, Roles roles, IPAddress? address, LongRequests? requests = null, KnownToken? token = null)
    : IHttpAuthenticationFeature
{
    /// <summary>Where tokens act that the server makes by itself.</summary>
    public const string FirstTenant = "default";

    public string TokenId => tokenId;
    public string? TokenName => token?.Record.Name;
    public string Tenant => tenant;
    public Roles Roles => roles;

    /// <summary>What it may do, and on what.</summary>
    public TokenRights Rights => token?.Rights ?? TokenRights.ForRoles(roles);

    /// <summary>When its token ends; null: never.</summary>
    public DateTimeOffset? EndsAt => token?.Record.ExpiresAt;

    /// <summary>Which of the token's secrets it showed.</summary>
    public long Generation { get; init; }

    /// <summary>The worker whose key it is known by; null: it has a token.</summary>
    public WorkerIdentity? Identity => token?.Record.Identity;

    /// <summary>Whose token it is; null: nobody's.</summary>
    public PersonRef? Person => token?.Record.Person;

    /// <summary>As audit notes name it.</summary>
    public string AuditName => Actor.FormatName(tokenId, Person?.Name);

    /// <summary>The invitation of a join token.</summary>
    public JoinInvite? Invite => token?.Record.Invite;

    /// <summary>Of a request that the worker's key has signed: its record, of which the next session's secret is made.</summary>
    public TokenRecord? SignedBy { get; init; }

    /// <summary>What its requests under way are cut together with.</summary>
    public TokenUse Use => new(tokenId, Generation, token?.Record.RulesVersion ?? 0, token?.PersonVersion ?? 0);

    /// <summary>Text of the address; made when asked for, most requests never do.</summary>
    public string? Address => field ??= address?.ToString();

    public Actor Actor => new(tokenId, Address) { Person = Person?.Name };

    /// <summary>
    /// Not used. With it the caller has a place of its own in Kestrel's request; other features of ours would be a list and an array in
    /// each request, and most requests are polls that are held.
    /// </summary>
    public ClaimsPrincipal? User { get; set; }

    /// <summary>Name of the first scope that it lacks for a policy; null: it may enter.</summary>
    public string? FindMissingScope(AccessPolicy policy)
    {
        if ((policy.Needs & ~Rights.Scopes) is var missing and not Scopes.None) return ScopeTable.GetFirstName(missing);
        // A session's own secret opens no other one, and takes no work without one.
        if (Identity is not null && SignedBy is null && (policy.IsForTokensAlone || policy.TakesSignature)) return ScopeNames.Work;
        if (policy.NeedsSignature && SignedBy is null) return ScopeNames.Work;
        if (policy.IsOfTenant && Rights.Narrowing is not null) return ScopeTable.GetFirstName(policy.Needs);
        var ofServer = tenant == FirstTenant && Rights.Narrowing is null;
        return policy.IsOfServer && !ofServer ? ScopeTable.GetFirstName(policy.Needs) : null;
    }

    /// <summary>See <see cref="CallerContext.CutWhenRevoked"/>; does nothing for a token that never ends.</summary>
    public LongRequest TrackRequest(HttpContext context) => requests is null ? default : requests.TrackRequest(this, context);
}

internal static class CallerContext
{
    /// <summary>The caller; every endpoint but an open one has one.</summary>
    public static Caller GetCaller(this HttpContext context) =>
        context.Features.Get<IHttpAuthenticationFeature>() as Caller
            ?? throw new InvalidOperationException("No caller: the endpoint is open to anyone.");

    /// <summary>The caller; null at an open endpoint, and of who is not let in.</summary>
    public static Caller? FindCaller(this HttpContext context) => context.Features.Get<IHttpAuthenticationFeature>() as Caller;

    /// <summary>From now on the request is cut within 5 s when its token is revoked or runs out. Dispose when it is over.</summary>
    public static LongRequest CutWhenRevoked(this HttpContext context) =>
        context.Features.Get<IHttpAuthenticationFeature>() is Caller caller ? caller.TrackRequest(context) : default;
}
