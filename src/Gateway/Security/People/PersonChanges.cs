using System.Security.Cryptography;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.People;

/// <summary>What a person's record becomes by each of the changes, or why not. Pure but for the new id.</summary>
internal static class PersonChanges
{
    public static void ValidateRoles(string?[]? roles, FieldErrors errors)
    {
        if (roles is null) return;
        if (roles.Length == 0) errors.Add("roles", "must name at least one");
        for (var i = 0; i < roles.Length; i++)
        {
            if (!PersonRoles.All.Contains(roles[i])) errors.Add($"roles[{i}]", $"must be one of {string.Join(", ", PersonRoles.All)}");
            else if (Array.IndexOf(roles, roles[i]) < i) errors.Add($"roles[{i}]", "is duplicated");
        }
    }

    public static void ValidateIdentities(string?[]? identities, FieldErrors errors)
    {
        if (identities is null) return;
        if (identities.Length > Limits.Identities) errors.Add("identities", $"must have at most {Limits.Identities} entries");
        for (var i = 0; i < identities.Length && i < Limits.Identities; i++)
        {
            if (!ChatIdentity.IsValid(identities[i])) errors.Add($"identities[{i}]", $"must be {ChatIdentity.Forms}");
            else if (Array.IndexOf(identities, identities[i]) < i) errors.Add($"identities[{i}]", "is duplicated");
        }
    }

    /// <summary>A new person. Without a token they can do nothing yet.</summary>
    public static (PersonRecord? Next, Problem? Problem) CreatePerson(AddPerson add, Caller by, DateTimeOffset now)
    {
        if (FindGrantErrors(by.Rights, [], add.Roles) is { Length: > 0 } errors) return (null, ProblemTable.CreateForbidden(errors));
        return (new PersonRecord
        {
            Id = RandomNumberGenerator.GetString(TokenForm.IdAlphabet, TokenForm.IdLength), Name = add.Name, Roles = add.Roles,
            Identities = add.Identities ?? [], CreatedAt = now, CreatedBy = by.TokenId, ChangeId = Guid.NewGuid(),
        }, null);
    }

    /// <summary>Other roles or chat identities. What is given must be the changer's; to take away is for every administrator.</summary>
    public static (PersonRecord? Next, Problem? Problem) ChangeFields(PersonRecord person, ChangePerson change, Caller by)
    {
        var next = ToNext(person) with { Identities = change.Identities ?? person.Identities };
        if (change.Roles is not { } roles || roles.SequenceEqual(person.Roles)) return (next, null);
        if (FindErrors(person, person.Roles, roles, by) is { Length: > 0 } errors) return (null, ProblemTable.CreateForbidden(errors));
        return (next with { Roles = roles, RightsVersion = next.Version }, null);
    }

    /// <summary>Their tokens are refused, or let in again, with all of their roles. The same record: it was so before.</summary>
    public static (PersonRecord? Next, Problem? Problem) SetDisabled(PersonRecord person, bool disabled, Caller by, DateTimeOffset now)
    {
        if (disabled == person.DisabledAt is not null) return (person, null);
        if (!disabled && FindErrors(person, [], person.Roles, by) is { Length: > 0 } errors)
            return (null, ProblemTable.CreateForbidden(errors));
        var next = ToNext(person);
        return (next with
        {
            DisabledAt = disabled ? now : null,
            DisabledBy = disabled ? by.TokenId : null,
            RightsVersion = next.Version,
        }, null);
    }

    /// <summary>One more token was made for them.</summary>
    public static PersonRecord AddToken(PersonRecord person, string tokenId) =>
        ToNext(person) with { Tokens = [.. person.Tokens.Append(tokenId).TakeLast(Limits.PersonTokens)] };

    /// <summary>As the wire shows them.</summary>
    public static PersonView ToView(PersonRecord person) => new()
    {
        Name = person.Name,
        Status = person.DisabledAt is null ? "active" : "disabled",
        Roles = person.Roles,
        Identities = person.Identities,
        Tokens = person.Tokens,
        CreatedAt = person.CreatedAt.ToUnixTimeMilliseconds(),
        CreatedBy = person.CreatedBy,
        DisabledAt = person.DisabledAt?.ToUnixTimeMilliseconds(),
        DisabledBy = person.DisabledBy,
        Version = person.Version,
    };

    /// <summary>Why somebody with these rights can't give these roles to one who had others.</summary>
    internal static FieldError[] FindGrantErrors(TokenRights giver, string[] before, string[] next)
    {
        var given = ScopeTable.FromPersonRoles(next) & ~ScopeTable.FromPersonRoles(before);
        return (given & ~giver.Scopes) is var missing and not Scopes.None
            ? [new("roles", $"can't give {string.Join(", ", ScopeTable.FormatNames(missing))}: this token has not")] : [];
    }

    /// <summary>The same, and their tokens would go on with it after the giver's own has ended.</summary>
    private static FieldError[] FindErrors(PersonRecord person, string[] before, string[] next, Caller by)
    {
        if (by.EndsAt is not null && person.Tokens.Length > 0
            && (ScopeTable.FromPersonRoles(next) & ~ScopeTable.FromPersonRoles(before)) != Scopes.None)
            return [new("roles", "can't be widened with a token that ends: those of the person may outlive it")];
        return FindGrantErrors(by.Rights, before, next);
    }

    private static PersonRecord ToNext(PersonRecord person) => person with { Version = person.Version + 1, ChangeId = Guid.NewGuid() };
}
