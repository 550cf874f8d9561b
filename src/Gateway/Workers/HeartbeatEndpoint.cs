using System.Text.Json;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Audit;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;

namespace OpenClaw.Gateway.Workers;

/// <summary>POST /worker/heartbeat: renews the leases of all attempts a worker runs, each for itself.</summary>
internal sealed class HeartbeatEndpoint(
    IGrainFactory grains, SessionGate gate, AttemptReports reports, ChainHeads heads, TimeProvider clock, ILogger<HeartbeatEndpoint> log)
    : IEndpoint
{
    /// <summary>
    /// So long the others wait for an attempt whose row is locked or whose grain hangs. A healthy one answers from memory, and a worker
    /// waits 10 s for the whole.
    /// </summary>
    private static readonly TimeSpan LongestRenewal = TimeSpan.FromSeconds(2);

    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapChange(Routes.Heartbeat, RecordHeartbeat).RequirePolicy(AccessPolicy.Work);

    private async ValueTask<Reply> RecordHeartbeat(HttpContext context)
    {
        var (heartbeat, (attempts, reporting), problem) =
            await StrictJson.ReadValid(context, ProtocolJson.Default.Heartbeat, Limits.WorkerBody, ParseAttempts);
        if (heartbeat is null) return problem!;
        var recent = heartbeat.RecentSessions is { } sessions
            ? JsonSerializer.Serialize(sessions, ProtocolJson.Default.RecentSessionArray)
            : null;
        if (await gate.AdmitSession(context.GetCaller(), heartbeat.Session, recent) is not { } session)
            return ProblemTable.SessionSuperseded;
        if (heartbeat.AuditHead is { } head) await gate.SaveAuditHead(context.GetCaller(), heartbeat.Session, head);
        var directives = await Task.WhenAll(attempts.Select(attempt =>
            RenewLease(reporting.Contains(attempt) ? session.Holder with { Reporting = true } : session.Holder, attempt)));
        var answer = new Dictionary<string, string>(attempts.Length);
        for (var i = 0; i < attempts.Length; i++)
        {
            if (ToWireName(directives[i]) is { } directive) answer[heartbeat.Attempts![i]] = directive;
        }
        var reply = new HeartbeatAnswer(answer, session.Draining, heartbeat.Session)
        {
            AuditHeads = heartbeat.WantsAuditHeads is true ? await heads.ReadHeads() : null,
        };
        return Reply.FromValue(reply, ProtocolJson.Default.HeartbeatAnswer);
    }

    private static (AttemptRef[] Attempts, HashSet<AttemptRef> Reporting) ParseAttempts(Heartbeat heartbeat, FieldErrors errors)
    {
        var attempts = AttemptId.ParseAll(heartbeat.Attempts, "attempts", Limits.Held, errors);
        var reporting = AttemptId.ParseAll(heartbeat.Reporting, "reporting", Limits.Held, errors).ToHashSet();
        if (heartbeat.RecentSessions?.Length > Limits.ReportedSessions)
            errors.Add("recentSessions", $"must have at most {Limits.ReportedSessions} entries");
        AuditHeads.ValidateHead("auditHead", heartbeat.AuditHead, errors);
        return (attempts, reporting);
    }

    private async Task<Directive> RenewLease(Holder holder, AttemptRef attempt)
    {
        var renewal = Task.FromResult(Directive.None);
        try
        {
            renewal = grains.GetTaskGrain(attempt.Task).Heartbeat(holder, attempt.Attempt);
            var directive = await renewal.WaitAsync(LongestRenewal, clock);
            if (directive != Directive.Superseded) return directive;
            // Of an attempt that was never this worker's it is told no more than of one that is not there.
            var judged = reports.LoadOwnership(new(attempt.Task, attempt.Attempt, holder)).AsTask();
            return await judged.WaitAsync(LongestRenewal, clock) == AttemptOwnership.Foreign ? Directive.None : directive;
        }
        catch (Exception error) when (ProblemMiddleware.IsInfrastructureError(error))
        {
            // Not answered for: the worker goes on with it and asks again; the others are not held up. What the grain answers later is for
            // nobody; a cancel is in its record and goes out with the next heartbeat.
            renewal.Ignore();
            log.HeartbeatFailed(attempt.Task, error);
            return Directive.None;
        }
    }

    private static string? ToWireName(Directive directive) => directive switch
    {
        Directive.None => null,
        Directive.Continue => "continue",
        Directive.Cancel => "cancel",
        Directive.Superseded => "superseded",
        _ => throw new ArgumentOutOfRangeException(nameof(directive), directive, "not a directive"),
    };
}
