using System.Security.Cryptography;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Administration;
using OpenClaw.Gateway.Security.Revocation;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Clocks;

namespace OpenClaw.Gateway.Security.Enrolment;

/// <summary>
/// The secret that a worker known by its key has for one session: with the next one, and with a change of what its owner grants, the one
/// before is good no longer.
/// </summary>
internal sealed class SessionCredentials(
    IGrainFactory grains, TokenCache cache, TokenCheck check, LongRequests requests, TimeProvider clock)
{
    private readonly TimeProvider wall = AnchoredClock.GetWallClock(clock);

    /// <summary>
    /// A new secret for a session that was opened by this record; null: the record was changed meanwhile, so the challenge is over.
    /// </summary>
    public async ValueTask<string?> IssueSecret(TokenRecord record)
    {
        var text = TokenText.Create(Roles.Worker, record.TokenId);
        return await SaveNext(record, record.Identity!, TokenChanges.HashSecret(text), record.RulesVersion) ? text : null;
    }

    /// <summary>Grants these kinds and no others, which ends the session: the next one is of them. False as above.</summary>
    public ValueTask<bool> GrantKinds(TokenRecord record, string[] kinds) => SaveNext(
        record, record.Identity! with { Kinds = kinds }, RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), record.Version + 1);

    private async ValueTask<bool> SaveNext(TokenRecord record, WorkerIdentity identity, byte[] secretHash, long rulesVersion)
    {
        var next = record with
        {
            Version = record.Version + 1,
            ChangeId = Guid.NewGuid(),
            RulesVersion = rulesVersion,
            SecretHash = secretHash,
            Generation = record.Generation + 1,
            RotatedAt = wall.GetUtcNow(),
            Identity = identity with { ChallengeKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes) },
        };
        if (await grains.GetGrain<ITokenGrain>(GrainKeys.ForToken(record.TokenId)).Save(next) != TokenReply.Saved) return false;
        cache.SetRecord(next);
        var token = KnownToken.FromRecord(next);
        foreach (var use in requests.Tokens)
            if (use.Caller.TokenId == next.TokenId && !check.IsStillValid(use.Caller, token)) requests.CutRequests(use);
        return true;
    }
}
