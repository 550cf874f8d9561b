namespace OpenClaw.Protocol.Security;

/// <summary>The body of POST /admin/tenants.</summary>
public sealed record MakeTenant
{
    /// <summary>Its name: a-z, 0-9 and -.</summary>
    public required string Name { get; init; }
}

/// <summary>What is shown of a tenant.</summary>
public sealed record TenantView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
    /// <summary>active or disabled.</summary>
    public required string Status { get; init; }
    /// <summary>When it was made, ms since 1970; missing: nobody made it over HTTP.</summary>
    public long? CreatedAt { get; init; }
    /// <summary>Id of the token it was made with.</summary>
    public string? CreatedBy { get; init; }
    /// <summary>Since when its tokens are refused, ms since 1970.</summary>
    public long? DisabledAt { get; init; }
    /// <summary>Id of the token it was disabled with.</summary>
    public string? DisabledBy { get; init; }
}

/// <summary>A tenant that was made. <see cref="Secret"/> is its first administrator's token; it is shown this once.</summary>
public sealed record IssuedTenantView(TenantView Tenant, string Secret);

/// <summary>A page of the server's tenants, by name.</summary>
public sealed record TenantListView(TenantView[] Tenants, string? NextCursor = null);
