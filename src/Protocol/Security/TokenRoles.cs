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
}
