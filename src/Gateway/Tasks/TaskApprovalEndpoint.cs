using System.Text.Json;
using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Endpoints;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Signing;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks;

/// <summary>
/// POST /tasks/{id}/approval: a person who is not at the PC decides. Whether a yes counts is the owner's to say: the task refuses it when
/// the worker did not offer it, and the worker compares the digest and its own policy once more.
/// </summary>
internal sealed class TaskApprovalEndpoint(IGrainFactory grains, TaskReader reader, IAuditTrail audit, TimeProvider clock)
    : IEndpoint
{
    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapChange(Routes.TaskApproval, DecideApproval).RequirePolicy(AccessPolicy.ApproveTasks);

    private async ValueTask<Reply> DecideApproval(HttpContext context)
    {
        var (body, (decision, digest), problem) =
            await StrictJson.ReadValid(context, ProtocolJson.Default.DecideApproval, Limits.SubmitBody, ParseDecision);
        if (problem is not null) return problem;
        var caller = context.GetCaller();
        if (await reader.FindTask(context.Request.RouteValues["id"] as string, caller) is not { } task)
            return ProblemTable.FromRejection(Rejection.NotFound);
        if (FindDifference(body!, task, caller) is { } differs) return differs;
        var signed = body!.Signed is { } envelope ? JsonSerializer.Serialize(envelope, ProtocolJson.Default.SignedApproval) : null;
        var reply = await grains.GetTaskGrain(task.Id).DecideSigned(decision, digest, signed, caller.Actor);
        if (reply.Rejection == Rejection.None)
            return Reply.FromValue(await reader.BuildView(reply.Task!, caller, context.RequestAborted), ProtocolJson.Default.TaskView);
        // What changes nothing has no row of its own in the task's trail.
        audit.AddNote(
            new(clock.GetUtcNow(), "approval-refused", caller.AuditName, caller.Address, task.Id, $"{body.Decision}: {reply.Rejection}"));
        // It has ended, so it waits for nobody; the attempt that is superseded is a worker's word.
        return ProblemTable.FromRejection(
            reply.Rejection == Rejection.AlreadyEnded ? Rejection.NotAwaitingApproval : reply.Rejection);
    }

    /// <summary>For the client's sake: the worker refuses what was signed for something else, and nobody would know why.</summary>
    private static Problem? FindDifference(DecideApproval body, TaskSnapshot task, Caller caller)
    {
        if (body.FindStatement() is not { } statement) return null;
        var errors = new FieldErrors();
        if (statement.Task != task.Id) errors.Add("signed.payload.task", "is not the task of this route");
        if (task.Approval is { } wait && statement.Attempt != wait.Attempt)
            errors.Add("signed.payload.attempt", $"is not {wait.Attempt}, which waits now");
        if ((statement.Tenant ?? TaskStatement.DefaultTenant) != caller.Tenant)
            errors.Add("signed.payload.tenant", "is not the token's tenant");
        return errors.Any ? Problem400.ForFields(errors.ToArray()) : null;
    }

    private static (ApprovalDecision Decision, string Digest) ParseDecision(DecideApproval body, FieldErrors errors)
    {
        body.ValidateSigned(errors);
        return (Approvals.ParseDecision("decision", body.Decision, errors), Approvals.ParseDigest("digest", body.Digest, errors));
    }
}
