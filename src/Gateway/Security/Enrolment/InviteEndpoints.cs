using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.Gateway.Security.Administration;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Enrolment;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Security.Enrolment;

/// <summary>What an administrator does about PCs that join: invite, look, end.</summary>
internal sealed class InviteEndpoints(InviteRegistry invites, TokenRegistry tokens, IGrainFactory grains) : IEndpoint
{
    private const int LongestReason = 200;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapChange(Routes.Invites, MakeInvite).RequirePolicy(AccessPolicy.EnrolWorkers);
        routes.MapRead(Routes.Invites, ListInvites).RequirePolicy(AccessPolicy.EnrolWorkers);
        routes.MapChange(Routes.RevokeInvite, RevokeInvite).RequirePolicy(AccessPolicy.EnrolWorkers);
        routes.MapChange(Routes.RevokeWorker, RevokeWorker).RequirePolicy(AccessPolicy.EnrolWorkers);
    }

    private async ValueTask<Reply> MakeInvite(HttpContext context)
    {
        var (body, invite, problem) =
            await StrictJson.ReadValid(context, ProtocolJson.Default.MakeInvite, Limits.WorkerBody, ValidateInvite);
        if (body is null) return problem!;
        if (Narrowed(context) is { } narrowed) return narrowed;
        var life = TimeSpan.FromMilliseconds(body.ExpiresIn ?? Limits.InviteLife);
        (var made, var text, problem) = await invites.MakeInvite(invite!, life, context.GetCaller());
        return made is null ? problem!
            : Reply.FromValue(new IssuedInviteView(ToView(made), text), ProtocolJson.Default.IssuedInviteView);
    }

    private async ValueTask<Reply> ListInvites(HttpContext context)
    {
        if (Narrowed(context) is { } narrowed) return narrowed;
        if (await invites.ListInvites(context.GetCaller()) is not { } all) return ProblemTable.Unavailable;
        return Reply.FromValue(new InviteListView(Array.ConvertAll(all, ToView)), ProtocolJson.Default.InviteListView);
    }

    private async ValueTask<Reply> RevokeInvite(HttpContext context)
    {
        var by = context.GetCaller();
        if (Narrowed(context) is { } narrowed) return narrowed;
        var id = context.Request.RouteValues["id"] as string;
        if (await tokens.FindToken(id, by) is not { Record.Invite: not null }) return NoSuchInvite;
        var (token, problem) = await tokens.ChangeToken(id, by, "invite-revoked", known => TokenChanges.Revoke(known, by, tokens.Now));
        return token is null ? problem! : Reply.FromValue(ToView(token.Record), ProtocolJson.Default.InviteView);
    }

    private async ValueTask<Reply> RevokeWorker(HttpContext context)
    {
        var (body, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.RevokeWorker, Limits.WorkerBody,
            (body, errors) => errors.RequirePrintable("reason", body.Reason, LongestReason));
        if (body is null) return problem!;
        if (Narrowed(context) is { } narrowed) return narrowed;
        var (by, name) = (context.GetCaller(), context.Request.RouteValues["name"] as string ?? "");
        if (!Names.IsName(name) || await invites.FindHolder(by.Tenant, name, "") is not { Identity: { } identity }) return NoSuchWorker;
        (var token, problem) = await tokens.ChangeToken(
            identity, by, "worker-revoked", known => TokenChanges.Revoke(known, by, tokens.Now, body.Reason));
        if (token is null) return problem!.Status == 404 ? NoSuchWorker : problem;
        await EndSession(by.Tenant, name, identity);
        var record = token.Record;
        var view = new WorkerRevoked(
            name, identity, record.RevokedAt!.Value.ToUnixTimeMilliseconds(), record.RevokedBy, record.RevokedReason);
        return Reply.FromValue(view, ProtocolJson.Default.WorkerRevoked);
    }

    /// <summary>Nobody is shown it as online any more. The key is refused whether or not this succeeds.</summary>
    private async Task EndSession(string tenant, string name, string identity)
    {
        try
        {
            await grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(tenant, name)).EndSessionOf(identity);
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            // It is offline when it was silent for long enough.
        }
    }

    /// <summary>A worker gets the payloads of its tenant's tasks: whoever is to see less of them lets none in.</summary>
    private static Problem? Narrowed(HttpContext context) => TokenGrants.EnrolsWorkers(context.GetCaller().Rights) ? null
        : ProblemTable.CreateForbidden([new FieldError("token", "is narrowed, and so lets no worker in")]);

    internal static JoinInvite ValidateInvite(MakeInvite make, FieldErrors errors)
    {
        if (make.Worker is not null) errors.RequireName("worker", make.Worker);
        if (make.Worker == ReservedNames.CompatibleWorkers) errors.Add("worker", "is kept for workers of the compatible protocol");
        ValidateNames("labels", make.Labels, Limits.Labels, errors);
        ValidateNames("kinds", make.Kinds, Limits.Kinds, errors);
        if (make.Kinds is { Length: 0 }) errors.Add("kinds", "must name at least one kind");
        errors.RequireRange("expiresIn", make.ExpiresIn, 1, Limits.InviteLife);
        return new JoinInvite { Worker = make.Worker, Labels = make.Labels, Kinds = make.Kinds };
    }

    internal static void ValidateNames(string field, string?[]? names, int most, FieldErrors errors)
    {
        if (names is null) return;
        if (names.Length > most) errors.Add(field, $"must have at most {most} entries");
        for (var i = 0; i < names.Length && i < most; i++)
        {
            if (names[i] is null) errors.Add($"{field}[{i}]", "must not be null");
            else errors.RequireName($"{field}[{i}]", names[i]);
        }
    }

    private InviteView ToView(TokenRecord token) => new()
    {
        Id = token.TokenId,
        Status = token.Invite!.UsedAt is not null ? "used" : token.Revoked ? "revoked" : token.IsAlive(invites.Now) ? "open" : "expired",
        Worker = token.Invite.Worker,
        Labels = token.Invite.Labels,
        Kinds = token.Invite.Kinds,
        CreatedAt = token.CreatedAt.ToUnixTimeMilliseconds(),
        CreatedBy = token.CreatedBy,
        ExpiresAt = token.Invite.UsedAt is null ? token.ExpiresAt?.ToUnixTimeMilliseconds() : null,
        UsedAt = token.Invite.UsedAt?.ToUnixTimeMilliseconds(),
        Identity = token.Invite.Identity,
    };

    private static Problem NoSuchInvite { get; } = ProblemTable.CreateNotFound("There is no such invitation.");

    private static Problem NoSuchWorker { get; } = ProblemTable.CreateNotFound("There is no such worker that is known by a key.");
}
