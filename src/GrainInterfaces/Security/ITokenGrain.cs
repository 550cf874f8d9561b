namespace OpenClaw.GrainInterfaces.Security;

/// <summary>One access token; key <c>token:id</c>. Knows a hash, never the secret.</summary>
[Alias("ITokenGrain")]
public interface ITokenGrain : IGrainWithStringKey
{
    /// <summary>Stores a new token; false when the id is taken by another one.</summary>
    [Alias("Create")]
    Task<bool> Create(TokenRecord token);

    /// <summary>The token; null when there is none.</summary>
    [Alias("Get")]
    Task<TokenRecord?> Get();
}

/// <summary>What is stored of a token.</summary>
[GenerateSerializer, Immutable, Alias("TokenRecord")]
public sealed record TokenRecord
{
    /// <summary>Public id, the third part of the token.</summary>
    [Id(0)] public required string TokenId { get; init; }
    /// <summary>SHA-256 of the secret's text.</summary>
    [Id(1)] public required byte[] SecretHash { get; init; }
    /// <summary>Role: <c>client</c>, <c>worker</c> or <c>admin</c>.</summary>
    [Id(2)] public required string Role { get; init; }
    /// <summary>Tenant it acts in.</summary>
    [Id(3)] public string Tenant { get; init; } = "default";
    /// <summary>When it was made.</summary>
    [Id(4)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it ends; null: never.</summary>
    [Id(5)] public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>Revoked: refused from now on.</summary>
    [Id(6)] public bool Revoked { get; init; }
}
