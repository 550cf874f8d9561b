namespace OpenClaw.GrainInterfaces.Security;

/// <summary>
/// A tenant: whether its tokens are let in, and its people; key <c>tenant:name</c>. All changes go through here one after the other, so
/// that a chat identity is one person's. It calls no other grain, so whoever looks a token up may ask it.
/// </summary>
[Alias("ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>What a token of the tenant, made for this person or for nobody, is worth; null: a silo lives that can't say.</summary>
    [Alias("FindStanding")]
    Task<Standing?> FindStanding(string? personId);

    /// <summary>The tenant; one that nobody has made over HTTP has no more than its name.</summary>
    [Alias("DescribeTenant")]
    Task<TenantRecord?> DescribeTenant();

    /// <summary>Notes who made it, unless somebody did before.</summary>
    [Alias("NoteMaker")]
    Task<bool> NoteMaker(string by, DateTimeOffset now);

    /// <summary>Refuses its tokens from now on, or lets them in again; null: a silo lives that does not know how.</summary>
    [Alias("SetDisabled")]
    Task<TenantRecord?> SetDisabled(bool disabled, string by, DateTimeOffset now);

    /// <summary>Its people, by name; null: a silo lives that can't say.</summary>
    [Alias("ListPeople")]
    Task<PersonRecord[]?> ListPeople();

    /// <summary>Stores a new person, or the next version of one. May be repeated.</summary>
    [Alias("SavePerson")]
    Task<PersonReply> SavePerson(PersonRecord person);

    /// <summary>Forgets a person of this version; their tokens are refused for good. May be repeated.</summary>
    [Alias("RemovePerson")]
    Task<PersonReply> RemovePerson(string id, long version);
}

/// <summary>What is stored of a tenant.</summary>
[GenerateSerializer, Immutable, Alias("TenantRecord")]
public sealed record TenantRecord
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }
    /// <summary>When it was made; null: it is older than this record.</summary>
    [Id(1)] public DateTimeOffset? CreatedAt { get; init; }
    /// <summary>Id of the token it was made with.</summary>
    [Id(2)] public string? CreatedBy { get; init; }
    /// <summary>Since when its tokens are refused; null: they are not.</summary>
    [Id(3)] public DateTimeOffset? DisabledAt { get; init; }
    /// <summary>Id of the token it was disabled with.</summary>
    [Id(4)] public string? DisabledBy { get; init; }
}

/// <summary>What a token is worth beyond its own record.</summary>
/// <param name="TenantDisabled">No token of the tenant is let in.</param>
/// <param name="Person">Whose it is; null: nobody's, or of somebody who is not there any more.</param>
[GenerateSerializer, Immutable, Alias("Standing")]
public sealed record Standing([property: Id(0)] bool TenantDisabled, [property: Id(1)] PersonRecord? Person);
