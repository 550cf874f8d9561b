using System.Security.Cryptography;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security.Administration;

/// <summary>What a token's record becomes by each of the changes, or why not. Pure.</summary>
internal static class TokenChanges
{
    public static Problem LastAdmin { get; } = ProblemTable.CreateProblem(409, ProblemTypes.LastAdmin,
        "It is the last token that administers tokens here: make another one first.");

    public static Problem NoSuchToken { get; } = ProblemTable.CreateNotFound("There is no such token.");

    private static Problem Ended { get; } = ProblemTable.CreateProblem(409, ProblemTypes.TokenEnded,
        "The token is revoked or has run out: make another one.");

    /// <summary>A new token with a secret of this hash.</summary>
    public static TokenRecord CreateRecord(
        TokenOrder order, Caller by, string id, byte[] secretHash, DateTimeOffset now, PersonRecord? person = null) => new()
        {
            TokenId = id,
            SecretHash = secretHash,
            Person = ToRef(person),
            Role = TokenRecord.NameRole(TokenText.FormatRole(order.Role), order.Rules, ToRef(person)),
            Tenant = by.Tenant,
            CreatedAt = now,
            ExpiresAt = now + order.ExpiresIn,
            ChangeId = Guid.NewGuid(),
            Name = order.Name,
            CreatedBy = by.TokenId,
            Rules = order.Rules,
        };

    private static PersonRef? ToRef(PersonRecord? person) => person is null ? null : new PersonRef(person.Id, person.Name);

    /// <summary>Of a worker's key and of a join token nothing is an administrator's to change but its end.</summary>
    private static Problem OnlyRevoked { get; } =
        Problem400.ForField("id", "names a worker's key or a join token, which can only be revoked");

    /// <summary>Revoked for good; the same record when it is already.</summary>
    public static (TokenRecord? Next, Problem? Problem) Revoke(
        KnownToken token, Caller by, DateTimeOffset now, string? reason = null) => (token.Record.Revoked
        ? token.Record
        : ToNext(token.Record) with { Revoked = true, RevokedAt = now, RevokedBy = by.TokenId, RevokedReason = reason }, null);

    /// <summary>Other rules, which its changer must be able to give.</summary>
    public static (TokenRecord? Next, Problem? Problem) ChangeRules(KnownToken token, TokenRules? rules, Caller by, DateTimeOffset now)
    {
        if (token.Record is not { Identity: null, Invite: null }) return (null, OnlyRevoked);
        if (!token.Record.IsAlive(now)) return (null, Ended);
        var rights = TokenRights.FromRules(token.Role, rules);
        FieldError[] errors = [.. TokenGrants.FindErrors(by.Rights, rights),
            .. TokenGrants.FindOutlivingErrors(by.EndsAt, token, rights)];
        if (errors.Length > 0) return (null, ProblemTable.CreateForbidden(errors));
        var next = ToNext(token.Record);
        var role = TokenRecord.NameRole(TokenText.FormatRole(token.Role), rules, token.Record.Person);
        return (next with { Rules = rules, Role = role, RulesVersion = next.Version }, null);
    }

    /// <summary>
    /// Another secret; the one of before is good for the overlap. Who gets a token's secret has all that it may do, and so must be able to
    /// give it.
    /// </summary>
    public static (TokenRecord? Next, Problem? Problem) Rotate(
        KnownToken token, byte[] secretHash, TimeSpan overlap, Caller by, DateTimeOffset now)
    {
        if (token.Record is not { Identity: null, Invite: null }) return (null, OnlyRevoked);
        if (!token.Record.IsAlive(now)) return (null, Ended);
        FieldError[] errors = [.. TokenGrants.FindErrors(by.Rights, token.Given),
            .. TokenGrants.FindEndErrors(by.EndsAt, token.Record.ExpiresAt)];
        if (errors.Length > 0) return (null, ProblemTable.CreateForbidden(errors));
        return (ToNext(token.Record) with
        {
            SecretHash = secretHash,
            Generation = token.Record.Generation + 1,
            RotatedAt = now,
            PreviousHash = overlap > TimeSpan.Zero ? token.Record.SecretHash : null,
            PreviousUntil = overlap > TimeSpan.Zero ? now + overlap : null,
        }, null);
    }

    /// <summary>The hash of a token's secret.</summary>
    public static byte[] HashSecret(string token)
    {
        TokenText.TryParse(token, out _, out var secret, out _);
        var hash = new byte[SHA256.HashSizeInBytes];
        TokenText.HashSecret(secret, hash);
        return hash;
    }

    private static TokenRecord ToNext(TokenRecord record) => record with { Version = record.Version + 1, ChangeId = Guid.NewGuid() };
}
