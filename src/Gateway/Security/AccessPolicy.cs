namespace OpenClaw.Gateway.Security;

/// <summary>Who may call an endpoint. Every endpoint carries exactly one; one without is refused at start-up.</summary>
internal sealed class AccessPolicy
{
    private AccessPolicy(string scope, Roles roles) => (Scope, Roles) = (scope, roles);

    /// <summary>Named in a 403.</summary>
    public string Scope { get; }

    /// <summary>Any of these will do; none: no token is asked for.</summary>
    public Roles Roles { get; }

    public bool IsOpen => Roles == Roles.None;

    public static AccessPolicy Anyone { get; } = new("", Roles.None);
    public static AccessPolicy AnyToken { get; } = new("any", Roles.Client | Roles.Worker | Roles.Admin);
    public static AccessPolicy SubmitTasks { get; } = new("tasks:submit", Roles.Client | Roles.Admin);
    public static AccessPolicy ReadTasks { get; } = new("tasks:read", Roles.Client | Roles.Admin);
    public static AccessPolicy CancelTasks { get; } = new("tasks:cancel", Roles.Client | Roles.Admin);
    /// <summary>Not for a client: who may ask for work is not thereby one who may say yes to it.</summary>
    public static AccessPolicy ApproveTasks { get; } = new("tasks:approve", Roles.Admin);
    public static AccessPolicy Notify { get; } = new("notify", Roles.Client | Roles.Admin);
    public static AccessPolicy ReadWorkers { get; } = new("workers:read", Roles.Client | Roles.Admin);
    public static AccessPolicy DrainWorkers { get; } = new("workers:drain", Roles.Admin);
    public static AccessPolicy SeeDashboard { get; } = new("dashboard", Roles.Admin);
    public static AccessPolicy Work { get; } = new("worker", Roles.Worker);
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
