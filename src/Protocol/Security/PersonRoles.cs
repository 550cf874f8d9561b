namespace OpenClaw.Protocol.Security;

/// <summary>
/// What a person is: a few fixed sets of scopes. A token that is made for a person has at most those of their roles, at every moment.
/// </summary>
public static class PersonRoles
{
    /// <summary>Sees tasks, output and workers; changes nothing.</summary>
    public const string Viewer = "viewer";
    /// <summary>Sees, submits and cancels.</summary>
    public const string Operator = "operator";
    /// <summary>Sees, and says yes or no to what waits for it.</summary>
    public const string Approver = "approver";
    /// <summary>May do all that an administrator's token may.</summary>
    public const string Administrator = "administrator";

    private static readonly string[] OfViewer = [ScopeNames.ReadTasks, ScopeNames.ReadPayloads, ScopeNames.ReadWorkers];

    /// <summary>All roles there are.</summary>
    public static IReadOnlyList<string> All { get; } = [Viewer, Operator, Approver, Administrator];

    /// <summary>The scopes of a role; none for what is no role.</summary>
    public static IReadOnlyList<string> GetScopes(string role) => role switch
    {
        Viewer => OfViewer,
        Operator => TokenRoles.GetScopes(TokenRoles.Client),
        Approver => [.. OfViewer, ScopeNames.ApproveTasks],
        Administrator => TokenRoles.GetScopes(TokenRoles.Admin),
        _ => [],
    };
}
