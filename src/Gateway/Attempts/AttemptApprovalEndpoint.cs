using System.Text.Json;
using OpenClaw.Gateway.Calls;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Workers;
using OpenClaw.GrainInterfaces;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Attempts;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Attempts;

/// <summary>
/// POST /worker/attempts/{id}/approval: a worker asks for a human's yes, and waits here for a decision from elsewhere. The wait is the
/// task's: whatever becomes of this call, it is asked again.
/// </summary>
internal sealed class AttemptApprovalEndpoint(
    IGrainFactory grains, SessionGate gate, AttemptReports reports, TimeProvider clock, IHostApplicationLifetime lifetime)
    : IEndpoint
{
    private const int LongestRule = 200;
    private const int LongestSummary = 500;
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(10);

    public void MapRoutes(IEndpointRouteBuilder routes) => routes.MapAttemptCall(Routes.Approval, AskApproval);

    private async ValueTask<Reply> AskApproval(HttpContext context)
    {
        var (body, ask, problem) =
            await StrictJson.ReadValid(context, ProtocolJson.Default.AskApproval, Limits.WorkerBody, ValidateAsk);
        if (body is null) return problem!;
        (var attempt, problem) = await gate.AdmitAttempt(context, body.Session);
        if (problem is not null) return problem;
        var (id, number) = (attempt.Task, attempt.Number);
        var reply = await grains.GetTaskGrain(id).AskApproval(attempt.Holder, number, ask!);
        // A no that this very call brought, or one that it repeats, is its answer.
        if (reply.Rejection != Rejection.None && reply is not { Rejection: Rejection.AlreadyEnded, Task: not null })
            return await reports.DescribeRefusal(attempt, reply.Rejection);
        // How another worker's task ended is nothing to this one.
        if (reply.Rejection != Rejection.None && await reports.LoadOwnership(attempt) == AttemptOwnership.Foreign)
            return ProblemTable.FromRejection(Rejection.NotFound);
        using var cut = context.CutWhenRevoked();
        var task = await WaitForDecision(id, reply.Task!, TimeSpan.FromMilliseconds(Math.Min(body.Wait, Limits.PollWait)),
            context.RequestAborted);
        var answer = ToAnswer(task, number) with { AttemptId = attempt.Id, Session = body.Session };
        return Reply.FromValue(answer, ProtocolJson.Default.ApprovalAnswer);
    }

    private async Task<TaskSnapshot> WaitForDecision(Guid id, TaskSnapshot task, TimeSpan wait, CancellationToken aborted)
    {
        var began = clock.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        while (task is { Approval.Approved: false } && !over.IsCancellationRequested)
        {
            var left = wait - clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) break;
            try
            {
                if (await grains.GetTaskGrain(id).Wait(task.Version, HeldCalls.Shorten(left), over.Token) is not { } next) break;
                task = next;
            }
            catch (Exception error) when (TransientErrors.IsTransient(error))
            {
                break; // The worker asks again.
            }
        }
        return task;
    }

    private ApprovalAnswer ToAnswer(TaskSnapshot task, int attempt)
    {
        var wait = task.Approval?.Attempt == attempt ? task.Approval : null;
        var until = wait is null ? TimeSpan.Zero : (wait.Approved ? wait.StartBy : wait.Until) - clock.GetUtcNow();
        return new ApprovalAnswer
        {
            Decision = wait is null ? "over" : wait.Approved ? "approve" : "wait",
            Digest = wait?.Digest,
            Remotely = wait is { Approved: true, ApprovedRemotely: true },
            Signed = wait is { Approved: true, Signed: { } signed } ? JsonElement.Parse(signed) : null,
            ExpiresIn = Math.Max(0, (long)until.TotalMilliseconds),
            State = task.TrueState.ToWireName(),
            Reason = task.Reason,
        };
    }

    private static ApprovalAsk ValidateAsk(AskApproval body, FieldErrors errors)
    {
        errors.RequirePrintable("rule", body.Rule, LongestRule);
        errors.RequirePrintable("summary", body.Summary, LongestSummary);
        if (body.Bound is { Length: > Limits.BoundLines }) errors.Add("bound", $"must have at most {Limits.BoundLines} entries");
        for (var at = 0; at < Math.Min(body.Bound?.Length ?? 0, Limits.BoundLines); at++)
        {
            if (body.Bound![at] is null) errors.Add($"bound[{at}]", "must not be null");
            else errors.RequirePrintable($"bound[{at}]", body.Bound[at], Limits.BoundLine);
        }
        errors.RequirePrintable("open", body.Open, Limits.BoundLine);
        errors.RequireRange("waitFor", body.WaitFor, 1, Limits.StartWithin);
        errors.RequireRange("wait", body.Wait, 0, long.MaxValue);
        return new ApprovalAsk
        {
            Rule = body.Rule,
            Digest = Approvals.ParseDigest("digest", body.Digest, errors),
            Summary = body.Summary,
            WaitFor = errors.Any || body.WaitFor is not { } ms ? DefaultWait : TimeSpan.FromMilliseconds(ms),
            Remote = body.Remote,
            SignedOnly = body.SignedOnly is true,
            Bound = body.Bound,
            Open = body.Open,
            Decision = body.Decision is null ? ApprovalDecision.None : Approvals.ParseDecision("decision", body.Decision, errors),
        };
    }
}
