namespace OpenClaw.GrainInterfaces.Security;

/// <summary>The names of the server's tenants; one grain, key <c>tenants</c>.</summary>
[Alias("ITenantDirectoryGrain")]
public interface ITenantDirectoryGrain : IGrainWithStringKey
{
    /// <summary>There is a tenant of this name. Idempotent.</summary>
    [Alias("AddTenant")]
    Task<TenantReply> AddTenant(string name);

    /// <summary>True for a tenant that is in the list.</summary>
    [Alias("HasTenant")]
    Task<bool> HasTenant(string name);

    /// <summary>Names after this one, in order; null: a silo lives that can't say.</summary>
    [Alias("ListNames")]
    Task<string[]?> ListNames(string? after, int limit);
}

/// <summary>What became of a new tenant's name.</summary>
[GenerateSerializer, Alias("TenantReply")]
public enum TenantReply
{
    /// <summary>Nothing: a silo lives that does not know how.</summary>
    Unsupported = 0,
    /// <summary>It is in the list by this call.</summary>
    Added = 1,
    /// <summary>It was there before.</summary>
    Known = 2,
    /// <summary>There are as many as there may be.</summary>
    TooMany = 3,
}
