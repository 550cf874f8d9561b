using OpenClaw.Protocol.Security;

namespace OpenClaw.GrainInterfaces.Security;

/// <summary>What is stored of a token.</summary>
[GenerateSerializer, Immutable, Alias("TokenRecord")]
public sealed record TokenRecord
{
    private const string Limited = "limited-";
    private const string Personal = "personal-";

    /// <summary>Role of the record of a worker's key, by a name that builds which know no keys refuse.</summary>
    public const string EnrolledWorker = "enrolled-worker";

    /// <summary>Public id, the third part of the token.</summary>
    [Id(0)] public required string TokenId { get; init; }
    /// <summary>SHA-256 of the secret's text.</summary>
    [Id(1)] public required byte[] SecretHash { get; init; }
    /// <summary>
    /// <c>client</c>, <c>worker</c> or <c>admin</c>; of a token with <see cref="Rules"/> <c>limited-client</c> and so on. A build that
    /// knows no rules refuses such a token, and a record that lost its rules on the way is refused by this one: neither takes it for a
    /// free one.
    /// </summary>
    [Id(2)] public required string Role { get; init; }
    /// <summary>Tenant it acts in.</summary>
    [Id(3)] public string Tenant { get; init; } = "default";
    /// <summary>When it was made.</summary>
    [Id(4)] public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it ends; null: never.</summary>
    [Id(5)] public DateTimeOffset? ExpiresAt { get; init; }
    /// <summary>Revoked: refused from now on.</summary>
    [Id(6)] public bool Revoked { get; init; }
    /// <summary>Grows by one with each change.</summary>
    [Id(7)] public long Version { get; init; }
    /// <summary>Tells a repeat of the call that made this version from another change.</summary>
    [Id(8)] public Guid ChangeId { get; init; }
    /// <summary>What it is for, in its maker's words.</summary>
    [Id(9)] public string? Name { get; init; }
    /// <summary>Id of the token it was made with; null: the server made it, or it is older than this field.</summary>
    [Id(10)] public string? CreatedBy { get; init; }
    /// <summary>What it may do less than its role; null: nothing less.</summary>
    [Id(11)] public TokenRules? Rules { get; init; }
    /// <summary>The version in which it got its rules.</summary>
    [Id(12)] public long RulesVersion { get; init; }
    /// <summary>When it was revoked.</summary>
    [Id(13)] public DateTimeOffset? RevokedAt { get; init; }
    /// <summary>Id of the token it was revoked with.</summary>
    [Id(14)] public string? RevokedBy { get; init; }
    /// <summary>How many secrets it had before this one.</summary>
    [Id(15)] public long Generation { get; init; }
    /// <summary>When it got its latest secret; null: it has its first.</summary>
    [Id(16)] public DateTimeOffset? RotatedAt { get; init; }
    /// <summary>SHA-256 of the text of the secret of before.</summary>
    [Id(17)] public byte[]? PreviousHash { get; init; }
    /// <summary>Until when the secret of before is good as well.</summary>
    [Id(18)] public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>The worker whose key this stands for; null: it is no key.</summary>
    [Id(19)] public WorkerIdentity? Identity { get; init; }
    /// <summary>What a join token makes of a PC; null: it is none.</summary>
    [Id(20)] public JoinInvite? Invite { get; init; }
    /// <summary>Why it was revoked, as it was said.</summary>
    [Id(21)] public string? RevokedReason { get; init; }
    /// <summary>
    /// Whom it was made for: it has at most what their roles give. Its role has another name then, so that a build that knows no people
    /// refuses it.
    /// </summary>
    [Id(22)] public PersonRef? Person { get; init; }
    /// <summary>
    /// When somebody was last let in with it, within <see cref="TokenUseTiming.StoredEvery"/>; null: never since uses are noted. No
    /// version of the record is made by it.
    /// </summary>
    [Id(23)] public DateTimeOffset? LastUsedAt { get; init; }
    /// <summary>It is its tenant's first, and is not made where there is another one.</summary>
    [Id(24)] public bool IsFirst { get; init; }

    /// <summary>What <see cref="Role"/> is for a token of a role with these rules, made for a person or for nobody.</summary>
    public static string NameRole(string role, TokenRules? rules, PersonRef? person = null) =>
        (person is null ? "" : Personal) + (rules is null ? role : Limited + role);

    /// <summary>The role itself; null when role, rules and what else it stands for do not go together.</summary>
    public string? FindRole()
    {
        if ((Role == EnrolledWorker) != Identity is not null || (Role == TokenRoles.Join) != Invite is not null) return null;
        if (Identity is not null) return Rules is null ? TokenRoles.Worker : null;
        var personal = Role.StartsWith(Personal, StringComparison.Ordinal);
        if (personal != Person is not null) return null;
        var rest = personal ? Role[Personal.Length..] : Role;
        var limited = rest.StartsWith(Limited, StringComparison.Ordinal);
        return limited != Rules is not null ? null : limited ? rest[Limited.Length..] : rest;
    }

    /// <summary>Neither revoked nor over.</summary>
    public bool IsAlive(DateTimeOffset now) => !Revoked && (ExpiresAt is null || now < ExpiresAt);

    /// <summary>
    /// Somebody can make tokens with it now, and revoke them. A person's token is not counted: what it may do ends with them.
    /// </summary>
    public bool Administers(DateTimeOffset now) => IsAlive(now) && Person is null && FindRole() == TokenRoles.Admin
        && (Rules?.Scopes is null || Rules.Scopes.Contains(ScopeNames.AdministerTokens, StringComparer.Ordinal));

    /// <summary>
    /// With this one an administrator still can all that could be done with another one, and no less long: a token that ends, is narrowed
    /// or has fewer scopes takes nobody's place.
    /// </summary>
    public bool Replaces(TokenRecord gone)
    {
        ArgumentNullException.ThrowIfNull(gone);
        return (ExpiresAt is null || gone.ExpiresAt <= ExpiresAt)
            && Rules is null or { Workers: null, Labels: null, Kinds: null, LongestTimeout: null }
            && (Rules?.Scopes is not { } scopes
                || (gone.Rules?.Scopes is { } all && all.All(one => scopes.Contains(one, StringComparer.Ordinal))));
    }
}
