using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>A live session: who asks, and whether it is to get new work.</summary>
internal readonly record struct LiveSession(Holder Holder, bool Draining);

/// <summary>Lets only a worker's live session in, and takes each entry as a sign of life.</summary>
internal sealed class SessionGate(IGrainFactory grains)
{
    /// <summary>The session; null when it is not the live one of its worker.</summary>
    public async ValueTask<LiveSession?> AdmitSession(Caller caller, string session, string? recentSessionsJson = null)
    {
        if (FindWorkerName(caller, session) is not { } name) return null;
        return ToLiveSession(caller, name, await GetWorker(caller, name).Touch(session, recentSessionsJson));
    }

    /// <summary>
    /// The same later in a call that is held: no sign of life, for nobody knows whether the worker is still at its other end.
    /// </summary>
    public async ValueTask<LiveSession?> RecheckSession(Caller caller, string session) =>
        FindWorkerName(caller, session) is { } name
            ? ToLiveSession(caller, name, await GetWorker(caller, name).FindSession(session)) : null;

    /// <summary>Lets a call about an attempt in: its route names one, and its body the live session of a worker.</summary>
    public async ValueTask<(NamedAttempt Attempt, Problem? Problem)> AdmitAttempt(HttpContext context, string session)
    {
        if (!AttemptId.TryReadRoute(context, out var attempt)) return (default, ProblemTable.FromRejection(Rejection.NotFound));
        return await AdmitSession(context.GetCaller(), session) is { } live
            ? (new(attempt.Task, attempt.Attempt, live.Holder), null)
            : (default, ProblemTable.SessionSuperseded);
    }

    /// <summary>Keeps where the audit log of a session's worker ends.</summary>
    public Task SaveAuditHead(Caller caller, string session, AuditHead head) =>
        FindWorkerName(caller, session) is { } name
            ? GetWorker(caller, name).NoteAuditHead(session, head.Rows, head.Hash) : Task.CompletedTask;

    /// <summary>The worker a session's text names (<c>name.epoch.random</c>); null for a text that is no session.</summary>
    public static string? ParseWorkerName(string session)
    {
        var dot = session.IndexOf('.', StringComparison.Ordinal);
        return session.Length <= 200 && dot > 0 && Names.IsName(session.AsSpan(0, dot)) ? session[..dot] : null;
    }

    /// <summary>The same for somebody: a worker that is known by its key has the sessions of its own name alone.</summary>
    public static string? FindWorkerName(Caller caller, string session) =>
        ParseWorkerName(session) is { } name && (caller.Identity is not { } identity || identity.Worker == name) ? name : null;

    private IWorkerGrain GetWorker(Caller caller, string name) => grains.GetGrain<IWorkerGrain>(GrainKeys.ForWorker(caller.Tenant, name));

    private static LiveSession? ToLiveSession(Caller caller, string name, SessionInfo? info) => info is null
        ? null : new(CreateHolder(caller, name, info.Epoch, info.Offers) with { Owned = info.Owned }, info.Draining);

    public static Holder CreateHolder(Caller caller, string name, long epoch, string offers) => new()
    {
        Worker = name,
        Tenant = caller.Tenant,
        Epoch = epoch,
        // How much it takes at a time its poll says.
        Offers = LabelSet.AddLabel(offers, LabelSet.Large),
        TokenId = caller.TokenId,
        Address = caller.Address,
    };
}
