namespace OpenClaw.Protocol.Enrolment;

/// <summary>The body of POST /admin/invites: what the PC that joins by it is to be. What is missing its owner decides.</summary>
public sealed record MakeInvite
{
    /// <summary>Name of the worker. Whoever had it, with another key or a token, has it no longer once the PC has joined.</summary>
    public string? Worker { get; init; }
    /// <summary>Labels of the worker, whatever its settings say.</summary>
    public string[]? Labels { get; init; }
    /// <summary>Kinds it may run at most.</summary>
    public string[]? Kinds { get; init; }
    /// <summary>The join token ends after so many ms; default and at most 15 minutes.</summary>
    public long? ExpiresIn { get; init; }
}

/// <summary>An invitation as an administrator sees it: never its token.</summary>
public sealed record InviteView
{
    /// <summary>Public id of its token.</summary>
    public required string Id { get; init; }
    /// <summary>open, used, expired or revoked.</summary>
    public required string Status { get; init; }
    /// <summary>Name of the worker, where it is fixed.</summary>
    public string? Worker { get; init; }
    /// <summary>Labels of the worker, where they are fixed.</summary>
    public string[]? Labels { get; init; }
    /// <summary>Kinds it may run at most, where they are fixed.</summary>
    public string[]? Kinds { get; init; }
    /// <summary>When it was made, ms since 1970.</summary>
    public required long CreatedAt { get; init; }
    /// <summary>Id of the token it was made with.</summary>
    public string? CreatedBy { get; init; }
    /// <summary>When it ends or has ended without being used, ms since 1970.</summary>
    public long? ExpiresAt { get; init; }
    /// <summary>When a PC joined by it, ms since 1970.</summary>
    public long? UsedAt { get; init; }
    /// <summary>Id of that worker's key.</summary>
    public string? Identity { get; init; }
}

/// <summary>An invitation that was made, with its token, which is shown this once.</summary>
public sealed record IssuedInviteView(InviteView Invite, string JoinToken);

/// <summary>Invitations of the last 90 days, newest first.</summary>
public sealed record InviteListView(InviteView[] Invites);

/// <summary>The body of POST /workers/{name}/revoke.</summary>
/// <param name="Reason">A sentence that the PC's owner is shown.</param>
public sealed record RevokeWorker(string? Reason = null);

/// <summary>A worker's key that is good no longer.</summary>
/// <param name="Worker">Name of the worker.</param>
/// <param name="Identity">Id of the key.</param>
/// <param name="RevokedAt">When, ms since 1970.</param>
/// <param name="RevokedBy">Id of the token it was revoked with.</param>
/// <param name="Reason">What the PC's owner is told.</param>
public sealed record WorkerRevoked(string Worker, string Identity, long RevokedAt, string? RevokedBy, string? Reason);
