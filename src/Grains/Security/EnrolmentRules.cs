using System.Security.Cryptography;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Security;

/// <summary>Who may join by which token, and under which name. Pure.</summary>
internal static class EnrolmentRules
{
    /// <summary>So long a join token that was used is remembered: who shows it again is found out.</summary>
    public static readonly TimeSpan RememberUsed = TimeSpan.FromDays(90);

    /// <summary>Whether a join token is good for a PC with this key.</summary>
    public static EnrolVerdict JudgeInvite(TokenRecord? token, ReadOnlySpan<byte> publicKey, DateTimeOffset now)
    {
        if (token?.FindRole() is null || token.Invite is not { } invite) return EnrolVerdict.InviteOver;
        if (invite.UsedByKey is { } used)
            return used.AsSpan().SequenceEqual(SHA256.HashData(publicKey)) ? EnrolVerdict.Enrolled : EnrolVerdict.InviteUsed;
        return token.IsAlive(now) ? EnrolVerdict.Enrolled : EnrolVerdict.InviteOver;
    }

    /// <summary>
    /// Whether a PC gets the name. Whoever invited it under this name gives it the name, whose it was; else a name that another PC has, or
    /// had, stays that one's: its tasks wait for it.
    /// </summary>
    /// <param name="invite">The invitation.</param>
    /// <param name="keyIsGood">A key that is good has the name.</param>
    /// <param name="worker">What is known under the name; null: nothing.</param>
    /// <param name="claim">Sessions of the name that this PC's own home opened.</param>
    public static bool MayTakeName(JoinInvite invite, bool keyIsGood, WorkerSnapshot? worker, NameClaim claim)
    {
        if (invite.Worker is not null || claim.Spans is { Length: > 0 }) return true;
        return !keyIsGood && worker is null or { Compatible: true };
    }

    /// <summary>The record of a new worker's key. Nobody knows a secret of it until its first session.</summary>
    public static TokenRecord CreateIdentity(
        string id, string server, TokenRecord token, EnrolRequest request, DateTimeOffset now) => new()
        {
            TokenId = id,
            SecretHash = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes),
            Role = TokenRecord.EnrolledWorker,
            Tenant = token.Tenant,
            CreatedAt = now,
            CreatedBy = token.TokenId,
            ChangeId = Guid.NewGuid(),
            Name = request.Worker,
            Identity = new WorkerIdentity
            {
                Worker = request.Worker,
                PublicKey = request.PublicKey,
                Machine = request.Machine,
                Kinds = LimitKinds(request.Kinds, token.Invite!.Kinds),
                MostKinds = token.Invite.Kinds,
                Labels = token.Invite.Labels,
                ChallengeKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes),
                Invite = token.TokenId,
                Server = server,
            },
        };

    /// <summary>Of the kinds an owner grants those that the invitation allows.</summary>
    public static string[] LimitKinds(string[] granted, string[]? most) =>
        [.. granted.Where(kind => most is null || most.Contains(kind, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)];
}
