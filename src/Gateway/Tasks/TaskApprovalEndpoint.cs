using OpenClaw.Gateway.Attempts;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.GrainInterfaces.Audit;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Tasks;

/// <summary>
/// POST /tasks/{id}/approval: a person who is not at the PC decides. Whether a yes counts is the owner's to say: the task refuses it when
/// the worker did not offer it, and the worker compares the digest and its own policy once more.
/// </summary>
internal sealed class TaskApprovalEndpoint(IGrainFactory grains, TaskReader reader, IAuditTrail audit, TimeProvider clock)
{
    public void MapRoutes(IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.TaskApproval, (RequestDelegate)DecideApproval).RequirePolicy(AccessPolicy.ApproveTasks);

    private async Task DecideApproval(HttpContext context)
    {
        var (body, problem) = await StrictJson.ReadValue(context, ProtocolJson.Default.DecideApproval, Limits.SubmitBody);
        var errors = new FieldErrors();
        var decision = body is null ? default : Approvals.ParseDecision("decision", body.Decision, errors);
        var digest = body is null ? "" : Approvals.ParseDigest("digest", body.Digest, errors);
        if (problem is not null || errors.Any)
        {
            await context.Answer(problem ?? Problem400.ForFields(errors.ToArray()));
            return;
        }
        var caller = context.GetCaller();
        if (await reader.FindTask(context.Request.RouteValues["id"] as string, caller) is not { } task)
        {
            await context.Answer(ProblemTable.FromRejection(Rejection.NotFound));
            return;
        }
        var reply = await grains.GetTaskGrain(task.Id).Decide(decision, digest, caller.Actor);
        if (reply.Rejection == Rejection.None)
        {
            await context.Answer(await reader.BuildView(reply.Task!, context.RequestAborted), ProtocolJson.Default.TaskView);
            return;
        }
        // What changes nothing has no row of its own in the task's trail.
        audit.AddNote(
            new(clock.GetUtcNow(), "approval-refused", caller.TokenId, caller.Address, task.Id, $"{body!.Decision}: {reply.Rejection}"));
        // It has ended, so it waits for nobody; the attempt that is superseded is a worker's word.
        await context.Answer(
            ProblemTable.FromRejection(reply.Rejection == Rejection.AlreadyEnded ? Rejection.NotAwaitingApproval : reply.Rejection));
    }
}
