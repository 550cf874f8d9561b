using System.Security.Cryptography;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Grains.Ports;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Grains.Security;

/// <summary>Lets workers of a tenant join, one after the other. What a token or a key is its own grain knows.</summary>
[CollectionAgeLimit(Minutes = 10)]
internal sealed class EnrolmentGrain([PersistentState("enrolment", "Default")] IPersistentState<EnrolmentRecord> state)
    : Grain, IEnrolmentGrain
{
    private readonly CurrentState<EnrolmentRecord> current = new(state);

    public async Task<TokenReply> AddInvite(TokenRecord invite, DateTimeOffset now)
    {
        await current.EnsureCurrent();
        var kept = state.State.Invites;
        if (kept.Length >= Limits.Invites && await FindForgettable(kept, now) is var gone)
        {
            if (gone is null) return TokenReply.TooMany;
            kept = [.. kept.Where(id => id != gone)];
        }
        // Before the token itself, as with all tokens: one that is in the list and was not made is left out of it.
        await StoreRecord(state.State with { Invites = [.. kept.Where(id => id != invite.TokenId), invite.TokenId] });
        return await GetToken(invite.TokenId).Save(invite);
    }

    public async Task<TokenRecord[]?> ListInvites()
    {
        await current.EnsureCurrent();
        var invites = await Task.WhenAll(state.State.Invites.Reverse().Select(id => GetToken(id).Get()));
        return [.. invites.OfType<TokenRecord>()];
    }

    public async Task<NameHolder?> FindHolder(string worker, string? expected)
    {
        // Each session asks. Nobody is turned away by what this activation remembers.
        if (state.State.Holders.GetValueOrDefault(worker) != expected) await current.EnsureCurrent();
        return new NameHolder(state.State.Holders.GetValueOrDefault(worker));
    }

    public async Task<EnrolReply> Enrol(EnrolRequest request, DateTimeOffset now)
    {
        await current.EnsureCurrent();
        var invite = await GetToken(request.Invite).Get();
        var verdict = EnrolmentRules.JudgeInvite(invite, request.PublicKey, now);
        if (verdict != EnrolVerdict.Enrolled) return new(verdict);
        // The same PC again, whose answer was lost; or a silo ended between the token and the identity.
        if (invite!.Invite!.Identity is { } made && await GetToken(made).Get() is { } known) return new(EnrolVerdict.Enrolled, known);
        var before = state.State.Holders.GetValueOrDefault(request.Worker);
        var isResumed = before is not null && before == invite.Invite.Identity;
        if (!isResumed && !await MayTakeName(request, invite.Invite, before, now)) return new(EnrolVerdict.NameTaken);
        if (invite.Invite.UsedAt is null)
        {
            invite = ToUsed(invite, request, now);
            if (await GetToken(invite.TokenId).Save(invite) != TokenReply.Saved) return new(EnrolVerdict.Failed);
        }
        return await CreateIdentity(invite, request, before, now);
    }

    private async Task<EnrolReply> CreateIdentity(TokenRecord invite, EnrolRequest request, string? before, DateTimeOffset now)
    {
        var id = invite.Invite!.Identity!;
        if (await Workers.Identify() is not { } server) return new(EnrolVerdict.Failed);
        // The name first: from here on the key of before has it no longer, whatever becomes of the rest.
        var holders = new Dictionary<string, string>(state.State.Holders, StringComparer.Ordinal) { [request.Worker] = id };
        await StoreRecord(state.State with { Holders = holders });
        var identity = EnrolmentRules.CreateIdentity(id, server, invite, request, now);
        if (await GetToken(id).Save(identity) != TokenReply.Saved) return new(EnrolVerdict.Failed);
        if (before is not null && before != id) await RevokeReplaced(before, invite.TokenId, now);
        return new(EnrolVerdict.Enrolled, identity, before == id ? null : before);
    }

    private async Task<bool> MayTakeName(EnrolRequest request, JoinInvite invite, string? holder, DateTimeOffset now)
    {
        var keyIsGood = holder is not null && await GetToken(holder).Get() is { } record && record.IsAlive(now);
        var worker = GrainFactory.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(Tenant, request.Worker));
        return EnrolmentRules.MayTakeName(invite, keyIsGood, await worker.Describe(), await worker.OwnedBy(request.Instance));
    }

    private static TokenRecord ToUsed(TokenRecord invite, EnrolRequest request, DateTimeOffset now) => invite with
    {
        Version = invite.Version + 1,
        ChangeId = Guid.NewGuid(),
        ExpiresAt = now + EnrolmentRules.RememberUsed,
        Invite = invite.Invite! with
        {
            UsedAt = now,
            UsedByKey = SHA256.HashData(request.PublicKey),
            Identity = RandomNumberGenerator.GetString(TokenForm.IdAlphabet, TokenForm.IdLength),
        },
    };

    /// <summary>It opens no session any more, having lost the name. Revoked, it is told why, and its calls under way are cut.</summary>
    private async Task RevokeReplaced(string id, string by, DateTimeOffset now)
    {
        if (await GetToken(id).Get() is not { Revoked: false } record) return;
        await GetToken(id).Save(record with
        {
            Version = record.Version + 1,
            ChangeId = Guid.NewGuid(),
            Revoked = true,
            RevokedAt = now,
            RevokedBy = by,
            RevokedReason = "a PC joined under the same name",
        });
    }

    /// <summary>The oldest that is over; null: all of them are open.</summary>
    private async Task<string?> FindForgettable(string[] invites, DateTimeOffset now)
    {
        foreach (var id in invites)
            if (await GetToken(id).Get() is not { Invite.UsedAt: null } token || !token.IsAlive(now)) return id;
        return null;
    }

    private Task StoreRecord(EnrolmentRecord next) => state.StoreOrForget(next, DeactivateOnIdle);

    private string Tenant => GrainKeys.ParseEnrolment(this.GetPrimaryKeyString());

    private IWorkerDirectoryGrain Workers => GrainFactory.GetGrain<IWorkerDirectoryGrain>(GrainKeys.ForWorkerDirectory(Tenant));

    private ITokenGrain GetToken(string id) => GrainFactory.GetGrain<ITokenGrain>(GrainKeys.ForToken(id));
}

/// <summary>What is stored of a tenant's enrolment.</summary>
[GenerateSerializer, Alias("EnrolmentRecord")]
internal sealed record EnrolmentRecord
{
    /// <summary>Ids of join tokens, oldest first.</summary>
    [Id(0)] public string[] Invites { get; set; } = [];
    /// <summary>By a worker's name the id of the key that has it.</summary>
    [Id(1)] public Dictionary<string, string> Holders { get; set; } = [];
}
