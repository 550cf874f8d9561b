using System.Security.Cryptography;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>A token as the store has it, and what follows from that; made once for many requests.</summary>
internal sealed class KnownToken
{
    /// <summary>No secret has this hash.</summary>
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private KnownToken(TokenRecord record, Roles role, Standing? standing)
    {
        (Record, Role, Standing, Given) = (record, role, standing, TokenRights.FromRules(role, record.Rules));
        Rights = record.Person is null ? Given
            : Given with { Scopes = Given.Scopes & ScopeTable.FromPersonRoles(standing?.Person?.Roles ?? []) };
    }

    public TokenRecord Record { get; }

    public Roles Role { get; }

    /// <summary>What it may do now.</summary>
    public TokenRights Rights { get; }

    /// <summary>What it was given. Of a person's token that is more than it may do, and may become theirs with other roles.</summary>
    public TokenRights Given { get; }

    /// <summary>Its tenant and its person; null: the first tenant, and nobody.</summary>
    public Standing? Standing { get; }

    /// <summary>The version of its person's roles.</summary>
    public long PersonVersion => Standing?.Person?.RightsVersion ?? 0;

    /// <summary>Its person may use it, if it has one, and its tenant is let in.</summary>
    public bool IsStanding => Standing is not { TenantDisabled: true }
        && (Record.Person is null || Standing?.Person is { DisabledAt: null });

    /// <summary>Neither revoked nor over, and of somebody who is let in.</summary>
    public bool IsAlive(DateTimeOffset now) => Record.IsAlive(now) && IsStanding;

    /// <summary>Null for a record that is no token's, or whose role and rules do not go together.</summary>
    public static KnownToken? FromRecord(TokenRecord? record, Standing? standing = null) =>
        record?.FindRole() is { } name && TokenText.ParseRole(name) is var role and not Roles.None ? new(record, role, standing) : null;

    /// <summary>Which of the token's secrets has this hash; null: none that is good now. The same work for a token there is not.</summary>
    public static long? FindGeneration(KnownToken? token, ReadOnlySpan<byte> hash, DateTimeOffset now)
    {
        var record = token?.Record;
        var latest = CryptographicOperations.FixedTimeEquals(hash, record?.SecretHash ?? NoHash);
        var previous = CryptographicOperations.FixedTimeEquals(hash, record?.PreviousHash ?? NoHash);
        if (record is null) return null;
        return latest ? record.Generation : previous && IsGood(record, record.Generation - 1, now) ? record.Generation - 1 : null;
    }

    /// <summary>True when this one of a token's secrets is good now.</summary>
    public static bool IsGood(TokenRecord record, long generation, DateTimeOffset now) =>
        generation == record.Generation || (generation == record.Generation - 1 && now < record.PreviousUntil);
}

/// <summary>What a token may do, as it is asked for in each request.</summary>
internal sealed record TokenRights(
    Scopes Scopes, Narrowing? Narrowing, int? RequestsPerMinute, int? MaxQueued = null, int? MaxRunning = null)
{
    private static readonly TokenRights[] Whole =
        [.. Enumerable.Range(0, 16).Select(roles => new TokenRights(ScopeTable.GetAllowed((Roles)roles), null, null))];

    /// <summary>All that tokens of some roles may have.</summary>
    public static TokenRights ForRoles(Roles roles) => Whole[(int)roles];

    /// <summary>Those of a role with the rules of a token.</summary>
    public static TokenRights FromRules(Roles role, TokenRules? rules) => rules is null ? ForRoles(role)
        : new(GetScopes(role, rules.Scopes), Narrowing.FromRules(rules), rules.RequestsPerMinute, rules.MaxQueued, rules.MaxRunning);

    private static Scopes GetScopes(Roles role, string[]? names)
    {
        var allowed = ScopeTable.GetAllowed(role);
        return names is null ? allowed : ScopeTable.FromNames(names) & allowed;
    }
}
