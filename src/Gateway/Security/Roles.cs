namespace OpenClaw.Gateway.Security;

/// <summary>What a token is for. A shared token has two.</summary>
[Flags]
internal enum Roles
{
    None = 0,
    Client = 1,
    Worker = 2,
    Admin = 4,
    Join = 8,
}
