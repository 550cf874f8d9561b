using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>What a token may do, as it is asked for in each request.</summary>
internal sealed record TokenRights(Scopes Scopes, Narrowing? Narrowing, int? RequestsPerMinute)
{
    private static readonly TokenRights[] Whole =
        [.. Enumerable.Range(0, 8).Select(roles => new TokenRights(ScopeTable.GetAllowed((Roles)roles), null, null))];

    /// <summary>All that tokens of some roles may have.</summary>
    public static TokenRights ForRoles(Roles roles) => Whole[(int)roles];

    /// <summary>Those of a role with the rules of a token.</summary>
    public static TokenRights FromRules(Roles role, TokenRules? rules) => rules is null ? ForRoles(role)
        : new(GetScopes(role, rules.Scopes), Narrowing.FromRules(rules), rules.RequestsPerMinute);

    private static Scopes GetScopes(Roles role, string[]? names)
    {
        var allowed = ScopeTable.GetAllowed(role);
        return names is null ? allowed : ScopeTable.FromNames(names) & allowed;
    }
}
