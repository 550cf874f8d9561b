using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>What a token may do.</summary>
[Flags]
internal enum Scopes
{
    None = 0,
    SubmitTasks = 1,
    ReadTasks = 1 << 1,
    CancelTasks = 1 << 2,
    ApproveTasks = 1 << 3,
    ReadPayloads = 1 << 4,
    RunAgents = 1 << 5,
    WriteSchedules = 1 << 6,
    ReadWorkers = 1 << 7,
    DrainWorkers = 1 << 8,
    EnrolWorkers = 1 << 9,
    ReadAudit = 1 << 10,
    AdministerTokens = 1 << 11,
    Notify = 1 << 12,
    SeeDashboard = 1 << 13,
    Work = 1 << 14,
    Join = 1 << 15,
    AdministerTenants = 1 << 16,
}

/// <summary>The names of scopes, and which of them each role may have: <see cref="TokenRoles"/> says so.</summary>
internal static class ScopeTable
{
    private static readonly (Scopes Scope, string Name)[] Names =
    [
        (Scopes.SubmitTasks, ScopeNames.SubmitTasks), (Scopes.ReadTasks, ScopeNames.ReadTasks),
        (Scopes.CancelTasks, ScopeNames.CancelTasks), (Scopes.ApproveTasks, ScopeNames.ApproveTasks),
        (Scopes.ReadPayloads, ScopeNames.ReadPayloads), (Scopes.RunAgents, ScopeNames.RunAgents),
        (Scopes.WriteSchedules, ScopeNames.WriteSchedules), (Scopes.ReadWorkers, ScopeNames.ReadWorkers),
        (Scopes.DrainWorkers, ScopeNames.DrainWorkers), (Scopes.EnrolWorkers, ScopeNames.EnrolWorkers),
        (Scopes.ReadAudit, ScopeNames.ReadAudit), (Scopes.AdministerTokens, ScopeNames.AdministerTokens),
        (Scopes.Notify, ScopeNames.Notify), (Scopes.SeeDashboard, ScopeNames.SeeDashboard), (Scopes.Work, ScopeNames.Work),
        (Scopes.Join, ScopeNames.Join), (Scopes.AdministerTenants, ScopeNames.AdministerTenants),
    ];

    // After the names, which they are read with.
    private static readonly Scopes OfClient = FromNames(TokenRoles.GetScopes(TokenRoles.Client));
    private static readonly Scopes OfAdmin = FromNames(TokenRoles.GetScopes(TokenRoles.Admin));

    /// <summary>All that tokens of some roles may have.</summary>
    public static Scopes GetAllowed(Roles roles) =>
        (roles.HasFlag(Roles.Client) ? OfClient : 0) | (roles.HasFlag(Roles.Admin) ? OfAdmin : 0)
        | (roles.HasFlag(Roles.Worker) ? Scopes.Work : 0) | (roles.HasFlag(Roles.Join) ? Scopes.Join : 0);

    /// <summary>All that a person of some roles may have.</summary>
    public static Scopes FromPersonRoles(IEnumerable<string> roles) => FromNames(roles.SelectMany(PersonRoles.GetScopes));

    /// <summary>The names of some scopes, in one order always.</summary>
    public static string[] FormatNames(Scopes scopes) => [.. Names.Where(one => (one.Scope & scopes) != 0).Select(one => one.Name)];

    /// <summary>Name of the first of some scopes.</summary>
    public static string GetFirstName(Scopes scopes) => Array.Find(Names, one => (one.Scope & scopes) != 0).Name;

    /// <summary>The scope of a name; none for one that is not known here, which so gives nothing.</summary>
    public static Scopes FindScope(string? name) => Array.Find(Names, one => one.Name == name).Scope;

    /// <summary>The scopes of some names; unknown ones are left out.</summary>
    public static Scopes FromNames(IEnumerable<string> names) =>
        names.Aggregate(Scopes.None, (scopes, name) => scopes | FindScope(name));
}
