namespace OpenClaw.Protocol.Security;

/// <summary>What a token is for. Its scopes are of those that its role may have.</summary>
public static class TokenRoles
{
    /// <summary>Submits, reads, cancels.</summary>
    public const string Client = "client";
    /// <summary>Takes work.</summary>
    public const string Worker = "worker";
    /// <summary>May do what a client may, drains, approves, and administers tokens.</summary>
    public const string Admin = "admin";
    /// <summary>Makes a PC a worker, once.</summary>
    public const string Join = "join";

    private static readonly string[] OfClient =
    [
        ScopeNames.SubmitTasks, ScopeNames.ReadTasks, ScopeNames.CancelTasks, ScopeNames.ReadPayloads, ScopeNames.RunAgents,
        ScopeNames.WriteSchedules, ScopeNames.ReadWorkers, ScopeNames.Notify,
    ];

    /// <summary>
    /// More than a client: who may ask for work is not thereby one who may say yes to it. A worker's own calls are a worker's alone.
    /// </summary>
    private static readonly string[] OfAdmin =
    [
        .. OfClient, ScopeNames.ApproveTasks, ScopeNames.DrainWorkers, ScopeNames.EnrolWorkers, ScopeNames.ReadAudit,
        ScopeNames.AdministerTokens, ScopeNames.AdministerTenants, ScopeNames.SeeDashboard,
    ];

    /// <summary>All scopes that tokens of a role may have; none for what is no role.</summary>
    public static IReadOnlyList<string> GetScopes(string role) => role switch
    {
        Client => OfClient,
        Worker => [ScopeNames.Work],
        Admin => OfAdmin,
        _ => [],
    };
}
