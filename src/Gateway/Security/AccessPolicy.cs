using OpenClaw.Gateway.Security.Access;

namespace OpenClaw.Gateway.Security;

/// <summary>Who may call an endpoint. Every endpoint carries exactly one; one without is refused at start-up.</summary>
internal sealed class AccessPolicy
{
    private AccessPolicy(Scopes needs) => Needs = needs;

    /// <summary>A token must have all of these. A 403 names the first one that it has not.</summary>
    public Scopes Needs { get; }

    /// <summary>No token is asked for.</summary>
    public bool IsOpen { get; private init; }

    /// <summary>It shows the server as a whole, and so is for administrators of the first tenant who see all of that.</summary>
    public bool IsOfServer { get; private init; }

    /// <summary>It shows the tenant as a whole, and so is for those who are not narrowed.</summary>
    public bool IsOfTenant { get; private init; }

    /// <summary>A worker's key may sign for it, in the place of a token.</summary>
    public bool TakesSignature { get; private init; }

    /// <summary>And nothing else will do.</summary>
    public bool NeedsSignature { get; private init; }

    /// <summary>Not for a worker that is known by its key: that one has a session for what it does.</summary>
    public bool IsForTokensAlone { get; private init; }

    public static AccessPolicy Anyone { get; } = new(Scopes.None) { IsOpen = true };
    public static AccessPolicy AnyToken { get; } = new(Scopes.None);
    public static AccessPolicy SubmitTasks { get; } = new(Scopes.SubmitTasks);
    public static AccessPolicy RunAgents { get; } = new(Scopes.RunAgents);
    public static AccessPolicy ReadTasks { get; } = new(Scopes.ReadTasks);
    public static AccessPolicy ReadOutput { get; } = new(Scopes.ReadTasks | Scopes.ReadPayloads);
    public static AccessPolicy CancelTasks { get; } = new(Scopes.CancelTasks);
    public static AccessPolicy ApproveTasks { get; } = new(Scopes.ApproveTasks);
    public static AccessPolicy Notify { get; } = new(Scopes.Notify);
    public static AccessPolicy ReadWorkers { get; } = new(Scopes.ReadWorkers);
    public static AccessPolicy DrainWorkers { get; } = new(Scopes.DrainWorkers);
    public static AccessPolicy ReadAudit { get; } = new(Scopes.ReadAudit) { IsOfServer = true };
    public static AccessPolicy AdministerTokens { get; } = new(Scopes.AdministerTokens);
    public static AccessPolicy AdministerPeople { get; } = new(Scopes.AdministerTokens) { IsOfTenant = true };
    public static AccessPolicy AdministerWebhooks { get; } = new(Scopes.AdministerTokens) { IsOfTenant = true };
    public static AccessPolicy AdministerTenants { get; } = new(Scopes.AdministerTenants) { IsOfServer = true };
    public static AccessPolicy SeeDashboard { get; } = new(Scopes.SeeDashboard | Scopes.ReadPayloads) { IsOfServer = true };
    public static AccessPolicy EnrolWorkers { get; } = new(Scopes.EnrolWorkers | Scopes.ReadPayloads);
    public static AccessPolicy Join { get; } = new(Scopes.Join);
    public static AccessPolicy Work { get; } = new(Scopes.Work);
    public static AccessPolicy WorkWithoutSession { get; } = new(Scopes.Work) { IsForTokensAlone = true };
    public static AccessPolicy OpenSession { get; } = new(Scopes.Work) { TakesSignature = true };
    public static AccessPolicy SignAsWorker { get; } = new(Scopes.Work) { TakesSignature = true, NeedsSignature = true };
}

internal static class AccessPolicyExtensions
{
    /// <summary>Says who may call an endpoint.</summary>
    public static IEndpointConventionBuilder RequirePolicy(this IEndpointConventionBuilder endpoint, AccessPolicy policy) =>
        endpoint.WithMetadata(policy);

    /// <summary>Fails on an endpoint that nobody decided about.</summary>
    public static void ThrowIfUndecided(this IEnumerable<EndpointDataSource> sources)
    {
        var undecided = sources.SelectMany(source => source.Endpoints)
            .Where(endpoint => endpoint.Metadata.OfType<AccessPolicy>().Count() != 1)
            .Select(endpoint => endpoint.DisplayName)
            .ToArray();
        if (undecided.Length > 0)
            throw new InvalidOperationException($"Endpoints without exactly one policy: {string.Join(", ", undecided)}");
    }
}
