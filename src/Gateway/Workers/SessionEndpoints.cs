using System.Text.Json;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Manifests;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Security.Enrolment;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>POST /worker/sessions opens a worker's session, POST /worker/sessions/close ends it.</summary>
internal sealed class SessionEndpoints(IGrainFactory grains, InviteRegistry invites, SessionCredentials credentials) : IEndpoint
{
    private const int LongestInstance = 200;
    private const int LongestVersion = 64;

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapChange(Routes.Sessions, OpenSession).RequirePolicy(AccessPolicy.OpenSession);
        routes.MapChange(Routes.CloseSession, CloseSession).RequirePolicy(AccessPolicy.Work);
    }

    private async ValueTask<Reply> OpenSession(HttpContext context)
    {
        var (open, request, problem) =
            await StrictJson.ReadValid(context, ProtocolJson.Default.OpenSession, Limits.WorkerBody, ValidateOpen);
        if (open is null) return problem!;
        var caller = context.GetCaller();
        if (await FindNameProblem(caller, open.Name) is { } notIts) return notIts;
        if (caller.Identity is { } identity) request = EnrolledSession.ApplyGrants(identity, caller.TokenId, open);
        if (request is null) return EnrolledSession.NothingGranted;
        var reply = await grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(caller.Tenant, open.Name)).OpenSession(request, caller.Actor);
        if (reply.Session is not { } session)
            return ProblemTable.CreateProblem(409, ProblemTypes.SessionTaken, ExplainConflict(open.Name, reply));
        var opened = ToSessionOpened(session, open.Name, reply);
        if (caller.SignedBy is { } record)
        {
            // Another request of the same key was faster: whoever is right opens its session again.
            if (await credentials.IssueSecret(record) is not { } secret) return ProblemTable.Unavailable;
            opened = opened with { Credential = secret, Withheld = request.Withheld is { Length: > 0 } kinds ? kinds : null };
        }
        return Reply.FromValue(opened, ProtocolJson.Default.SessionOpened);
    }

    /// <summary>A name that a key has is nobody else's; a key has its own name and no other.</summary>
    private async ValueTask<Problem?> FindNameProblem(Caller caller, string name)
    {
        var own = caller.Identity is null ? null : caller.TokenId;
        if (caller.Identity is { } identity && identity.Worker != name)
            return ProblemTable.CreateForbidden([new FieldError("name", $"must be {identity.Worker}, which this key is for")]);
        // While it can't be told, as in an upgrade, each is believed as before there were keys.
        if (await invites.FindHolder(caller.Tenant, name, own) is not { } holder || holder.Identity == own) return null;
        return own is null ? EnrolledSession.CreateKeyed(name) : EnrolledSession.CreateReplaced(name);
    }

    private static string ExplainConflict(string name, SessionReply reply)
    {
        var heard = reply.HeldBySince is { } since ? $", heard of at {since}" : "";
        return reply.SameHome
            ? $"Another process with the id of this home is connected as {name}{heard}: the one before, or one with a copy of the home."
            : $"Another daemon is connected as {name}{heard}.";
    }

    private async ValueTask<Reply> CloseSession(HttpContext context)
    {
        var (close, problem) = await StrictJson.ReadValid(context, ProtocolJson.Default.CloseSession, Limits.WorkerBody,
            (body, errors) => AuditHeads.ValidateHead("auditHead", body.AuditHead, errors));
        if (close is null) return problem!;
        // Answered as closed in any case. A text that is no session closes nothing, and the worker's grain closes none that is not the live
        // one: that was a repeat, or a fenced daemon that leaves.
        if (SessionGate.FindWorkerName(context.GetCaller(), close.Session) is { } name)
        {
            var worker = grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(context.GetCaller().Tenant, name));
            if (close.AuditHead is { } head) await worker.NoteAuditHead(close.Session, head.Rows, head.Hash);
            await worker.CloseSession(close.Session);
        }
        return Reply.FromValue(new SessionClosed(close.Session, Closed: true), ProtocolJson.Default.SessionClosed);
    }

    /// <summary>What the worker's grain is asked; of no use when something is wrong.</summary>
    internal static SessionRequest ValidateOpen(OpenSession open, FieldErrors errors)
    {
        errors.RequireName("name", open.Name);
        if (open.Name == ReservedNames.CompatibleWorkers) errors.Add("name", "is kept for workers of the compatible protocol");
        errors.RequireName("os", open.Os);
        errors.RequireName("arch", open.Arch);
        errors.RequirePrintable("instance", open.Instance, LongestInstance);
        errors.RequirePrintable("version", open.Version, LongestVersion);
        errors.RequirePrintable("run", open.Run, LongestInstance);
        if (open.Replaces?.Length > Limits.FormerRuns) errors.Add("replaces", $"must have at most {Limits.FormerRuns} entries");
        foreach (var run in (open.Replaces ?? []).Take(Limits.FormerRuns)) errors.RequirePrintable("replaces", run, LongestInstance);
        ValidateNames("formerNames", open.FormerNames ?? [], Limits.FormerNames, errors);
        errors.RequireRange("maxConcurrent", open.MaxConcurrent, 1, Limits.MaxConcurrent);
        if (open.Kinds.Length == 0) errors.Add("kinds", "must name at least one kind");
        ValidateNames("kinds", open.Kinds, Limits.Kinds, errors);
        ValidateNames("labels", open.Labels ?? [], Limits.Labels, errors);
        var manifests = ManifestValidator.ValidateManifests(open, errors);
        var held = AttemptId.ParseAll(open.Held, "held", Limits.Held, errors);
        return new SessionRequest
        {
            Instance = open.Instance,
            Offers = errors.Any ? "" : CreateOffers(open, manifests),
            Held = held,
            TakeOver = open.TakeOver,
            MaxConcurrent = open.MaxConcurrent ?? 1,
            Version = open.Version,
            Run = open.Run,
            Replaces = open.Replaces ?? [],
            FormerNames = open.FormerNames ?? [],
            ManifestsJson = open.Manifests is { } said && !errors.Any
                ? JsonSerializer.Serialize(said, ProtocolJson.Default.KindManifestArray) : null,
        };
    }

    private static void ValidateNames(string field, string[] names, int most, FieldErrors errors)
    {
        if (names.Length > most) errors.Add(field, $"must have at most {most} entries");
        for (var i = 0; i < names.Length && i < most; i++)
        {
            if (names[i] is null) errors.Add($"{field}[{i}]", "must not be null");
            errors.RequireName($"{field}[{i}]", names[i]);
        }
    }

    private static string CreateOffers(OpenSession open, IEnumerable<AnnouncedKind> manifests) => LabelSet.FromLabels(
    [
        .. open.Labels ?? [],
        .. open.Kinds.Select(kind => LabelSet.KindPrefix + kind),
        LabelSet.NameWorker(open.Name),
        $"os:{open.Os}",
        $"arch:{open.Arch}",
        .. manifests.Select(manifest => manifest.Label),
        LabelSet.SessionProtocol,
    ]);

    private static SessionOpened ToSessionOpened(SessionInfo session, string name, SessionReply reply) => new()
    {
        Session = session.Session,
        Epoch = session.Epoch,
        HeartbeatEvery = (long)AttemptTiming.HeartbeatEvery.TotalMilliseconds,
        Lease = (long)AttemptTiming.Lease.TotalMilliseconds,
        PollWait = Limits.PollWait,
        Protocol = SessionProtocol.Newest,
        Name = name,
        Server = reply.Server,
        // A silo that says no id keeps no heads either.
        AuditHead = reply.Server is null ? null : AuditHeads.FromChainHead(reply.Audit),
    };
}
