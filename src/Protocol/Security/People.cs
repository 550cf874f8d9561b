namespace OpenClaw.Protocol.Security;

/// <summary>The body of POST /admin/people.</summary>
public sealed record AddPerson
{
    /// <summary>Name within the tenant: a-z, 0-9 and -.</summary>
    public required string Name { get; init; }
    /// <summary>viewer, operator, approver, administrator; at least one.</summary>
    public required string[] Roles { get; init; }
    /// <summary>Who they are in chats: <c>discord:ID</c>, <c>slack:TEAM/ID</c>, <c>telegram:ID</c>.</summary>
    public string[]? Identities { get; init; }
}

/// <summary>POST /admin/people/{name}: what is given takes the place of what was there; what is missing stays.</summary>
public sealed record ChangePerson
{
    /// <summary>All of their roles from now on.</summary>
    public string[]? Roles { get; init; }
    /// <summary>All of their chat identities from now on; may be empty.</summary>
    public string[]? Identities { get; init; }
}

/// <summary>What is shown of a person.</summary>
public sealed record PersonView
{
    /// <summary>Name within the tenant.</summary>
    public required string Name { get; init; }
    /// <summary>active or disabled.</summary>
    public required string Status { get; init; }
    /// <summary>What they may do, by name.</summary>
    public required string[] Roles { get; init; }
    /// <summary>Who they are in chats.</summary>
    public required string[] Identities { get; init; }
    /// <summary>Ids of the tokens that were made for them, the latest ones.</summary>
    public required string[] Tokens { get; init; }
    /// <summary>When they were added, ms since 1970.</summary>
    public long CreatedAt { get; init; }
    /// <summary>Id of the token they were added with.</summary>
    public string? CreatedBy { get; init; }
    /// <summary>Since when their tokens are refused, ms since 1970.</summary>
    public long? DisabledAt { get; init; }
    /// <summary>Id of the token they were disabled with.</summary>
    public string? DisabledBy { get; init; }
    /// <summary>Grows by one with each change.</summary>
    public long Version { get; init; }
}

/// <summary>A page of a tenant's people, by name.</summary>
public sealed record PersonListView(PersonView[] People, string? NextCursor = null);
