namespace OpenClaw.GrainInterfaces.Security;

/// <summary>
/// The invitations of a tenant, and which key has which worker's name; key <c>enrolment:tenant</c>. One call after the other, so that a
/// join token is used once.
/// </summary>
[Alias("IEnrolmentGrain")]
public interface IEnrolmentGrain : IGrainWithStringKey
{
    /// <summary>Stores a new join token.</summary>
    [Alias("AddInvite")]
    Task<TokenReply> AddInvite(TokenRecord invite, DateTimeOffset now);

    /// <summary>The join tokens that are remembered, newest first; null: a silo lives that can't say.</summary>
    [Alias("ListInvites")]
    Task<TokenRecord[]?> ListInvites();

    /// <summary>Trades a join token for an identity.</summary>
    [Alias("Enrol")]
    Task<EnrolReply> Enrol(EnrolRequest request, DateTimeOffset now);

    /// <summary>
    /// Which key has a worker's name; null: a silo lives that can't say. Where it is not the one that is expected the store is asked
    /// before.
    /// </summary>
    [Alias("FindHolder")]
    Task<NameHolder?> FindHolder(string worker, string? expected);
}

/// <summary>Whose a worker's name is.</summary>
/// <param name="Identity">Id of the key; null: whoever comes with a worker's token.</param>
[GenerateSerializer, Immutable, Alias("NameHolder")]
public sealed record NameHolder([property: Id(0)] string? Identity);

/// <summary>A PC that wants to join, after its signature was checked.</summary>
[GenerateSerializer, Immutable, Alias("EnrolRequest")]
public sealed record EnrolRequest
{
    /// <summary>Id of the join token, whose secret was checked.</summary>
    [Id(0)] public required string Invite { get; init; }
    /// <summary>Name of the worker.</summary>
    [Id(1)] public required string Worker { get; init; }
    /// <summary>Public half of its key.</summary>
    [Id(2)] public required byte[] PublicKey { get; init; }
    /// <summary>Digest of the id of its machine.</summary>
    [Id(3)] public string? Machine { get; init; }
    /// <summary>Secret id of the daemon's home.</summary>
    [Id(4)] public required string Instance { get; init; }
    /// <summary>Kinds its owner grants.</summary>
    [Id(5)] public required string[] Kinds { get; init; }
}

/// <summary>What became of it.</summary>
[GenerateSerializer, Alias("EnrolVerdict")]
public enum EnrolVerdict
{
    /// <summary>Nothing: a silo lives that does not know how.</summary>
    Unsupported = 0,
    /// <summary>It is enrolled, by this call or by the same one before.</summary>
    Enrolled = 1,
    /// <summary>The join token was used with another key.</summary>
    InviteUsed = 2,
    /// <summary>The join token is revoked, has run out, or is none.</summary>
    InviteOver = 3,
    /// <summary>Another PC has the name.</summary>
    NameTaken = 4,
    /// <summary>It could not be stored now; the call may be repeated.</summary>
    Failed = 5,
}

/// <summary>The identity, or why there is none.</summary>
/// <param name="Verdict">What became of it.</param>
/// <param name="Identity">Its token's record, when it is enrolled.</param>
/// <param name="Replaced">Id of the identity that had the name before; null: none.</param>
[GenerateSerializer, Immutable, Alias("EnrolReply")]
public sealed record EnrolReply(
    [property: Id(0)] EnrolVerdict Verdict, [property: Id(1)] TokenRecord? Identity = null, [property: Id(2)] string? Replaced = null);
