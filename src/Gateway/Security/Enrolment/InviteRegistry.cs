using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security.Administration;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Hosting.Clocks;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Enrolment;

/// <summary>The invitations of a tenant, and the PCs that join by them.</summary>
internal sealed class InviteRegistry(IGrainFactory grains, TokenCache cache, IAuditTrail audit, TimeProvider clock)
{
    private readonly TimeProvider wall = AnchoredClock.GetWallClock(clock);

    /// <summary>The time that tokens end by.</summary>
    public DateTimeOffset Now => wall.GetUtcNow();

    /// <summary>A new invitation and its join token, which is known nowhere else; or why not.</summary>
    public async ValueTask<(TokenRecord? Invite, string Text, Problem? Problem)> MakeInvite(
        JoinInvite invite, TimeSpan life, Caller by)
    {
        var text = TokenText.Create(Roles.Join);
        var record = new TokenRecord
        {
            TokenId = text.Substring(TokenForm.IdStart, TokenForm.IdLength),
            SecretHash = TokenChanges.HashSecret(text),
            Role = TokenRoles.Join,
            Tenant = by.Tenant,
            CreatedAt = Now,
            CreatedBy = by.TokenId,
            // Whoever invites gives nothing that outlives what it has itself.
            ExpiresAt = by.EndsAt < Now + life ? by.EndsAt : Now + life,
            ChangeId = Guid.NewGuid(),
            Invite = invite,
        };
        switch (await GetEnrolment(by.Tenant).AddInvite(record, Now))
        {
            case TokenReply.Saved: break;
            case TokenReply.TooMany:
                return (null, "", ProblemTable.CreateProblem(409, ProblemTypes.TooManyTokens,
                    $"There are {Protocol.Limits.Invites} open invitations, which is the limit: revoke some, or wait for their end."));
            default: return (null, "", ProblemTable.Unavailable);
        }
        cache.SetRecord(record);
        AddNote("invite-made", by, $"invitation {record.TokenId} for {invite.Worker ?? "any name"}");
        return (record, text, null);
    }

    /// <summary>The invitations of the caller's tenant, newest first; null: a silo of an older build is in the cluster.</summary>
    public Task<TokenRecord[]?> ListInvites(Caller caller) => GetEnrolment(caller.Tenant).ListInvites();

    /// <summary>Which key has a worker's name; null: it can't be told now.</summary>
    public Task<NameHolder?> FindHolder(string tenant, string worker, string? expected) =>
        GetEnrolment(tenant).FindHolder(worker, expected);

    /// <summary>Trades the caller's join token for an identity.</summary>
    public async ValueTask<(TokenRecord? Identity, Problem? Problem)> Enrol(EnrolRequest request, Caller by)
    {
        var reply = await GetEnrolment(by.Tenant).Enrol(request, Now);
        switch (reply)
        {
            case { Verdict: EnrolVerdict.Enrolled, Identity: { } identity }:
                AddNote("worker-enrolled", by, $"{request.Worker} with key {identity.TokenId}"
                    + (reply.Replaced is { } gone ? $" in the place of key {gone}" : ""));
                cache.SetRecord(identity);
                return (identity, null);
            case { Verdict: EnrolVerdict.InviteUsed }:
                AddNote("join-token-reused", by,
                    $"severity high: {request.Worker} with another key; it was used for key {by.Invite?.Identity ?? "of before"}");
                return (null, ProblemTable.Unauthenticated);
            case { Verdict: EnrolVerdict.InviteOver }:
                return (null, ProblemTable.Unauthenticated);
            case { Verdict: EnrolVerdict.NameTaken }:
                return (null, ProblemTable.CreateProblem(409, ProblemTypes.NameTaken,
                    $"Another PC is, or was, the worker {request.Worker}: choose another name, or ask for an invitation for this name."));
            default:
                return (null, ProblemTable.Unavailable);
        }
    }

    public void AddNote(string what, Caller by, string detail) =>
        audit.AddNote(new AuditNote(clock.GetUtcNow(), what, by.AuditName, by.Address, null, detail));

    private IEnrolmentGrain GetEnrolment(string tenant) => grains.GetGrain<IEnrolmentGrain>(GrainKeys.ForEnrolment(tenant));
}
