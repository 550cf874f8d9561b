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

    /// <summary>
    /// Stores the next version of the token, version 0 being a new one; only its tenant's directory calls it. May be repeated.
    /// </summary>
    [Alias("Save")]
    Task<TokenReply> Save(TokenRecord token);
}
