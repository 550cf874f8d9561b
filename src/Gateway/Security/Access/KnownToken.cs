using System.Security.Cryptography;
using OpenClaw.GrainInterfaces.Security;

namespace OpenClaw.Gateway.Security.Access;

/// <summary>A token as the store has it, and what follows from that; made once for many requests.</summary>
internal sealed class KnownToken
{
    /// <summary>No secret has this hash.</summary>
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private KnownToken(TokenRecord record, Roles role) =>
        (Record, Role, Rights) = (record, role, TokenRights.FromRules(role, record.Rules));

    public TokenRecord Record { get; }

    public Roles Role { get; }

    public TokenRights Rights { get; }

    /// <summary>Null for a record that is no token's, or whose role and rules do not go together.</summary>
    public static KnownToken? FromRecord(TokenRecord? record) =>
        record?.FindRole() is { } name && TokenText.ParseRole(name) is var role and not Roles.None ? new(record, role) : null;

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
internal sealed record TokenRights(Scopes Scopes, Narrowing? Narrowing, int? RequestsPerMinute)
{
    private static readonly TokenRights[] Whole =
        [.. Enumerable.Range(0, 16).Select(roles => new TokenRights(ScopeTable.GetAllowed((Roles)roles), null, null))];

    /// <summary>All that tokens of some roles may have.</summary>
    public static TokenRights ForRoles(Roles roles) => Whole[(int)roles];

    /// <summary>Those of a role with the rules of a token.</summary>
    public static TokenRights FromRules(Roles role, TokenRules? rules) => rules is null ? ForRoles(role)
        : new(GetScopes(role, rules.Scopes), Narrowing.FromRules(rules), rules.RequestsPerMinute);

    private static Scopes GetScopes(Roles role, string[]? names)
    {
        var allowed = ScopeTable.GetAllowed(role);
        return names is null ? allowed : ScopeTable.FromNames(names) & allowed;
    }
}
