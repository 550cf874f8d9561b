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
internal sealed class ApprovalEndpoints(IGrainFactory grains, TaskReader reader, IAuditTrail audit, TimeProvider clock)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.TaskApproval, (RequestDelegate)Decide).Requires(Policy.ApproveTasks);

    private async Task Decide(HttpContext context)
    {
        var (body, problem) = await StrictJson.ReadAsync(context, ProtocolJson.Default.DecideApproval, Limits.SubmitBody);
        var errors = new FieldErrors();
        var decision = body is null ? default : Approvals.Decision("decision", body.Decision, errors);
        var digest = body is null ? "" : Approvals.Digest("digest", body.Digest, errors);
        if (problem is not null || errors.Any)
        {
            await context.Answer(problem ?? Problem400.Fields(errors.ToArray()));
            return;
        }
        var caller = context.Caller();
        if (await reader.Find(context.Request.RouteValues["id"] as string, caller) is not { } task)
        {
            await context.Answer(ProblemTable.Of(Rejection.NotFound));
            return;
        }
        var reply = await grains.Task(task.Id).Decide(decision, digest, caller.Actor);
        if (reply.Rejection == Rejection.None)
        {
            await context.Answer(await reader.View(reply.Task!, context.RequestAborted), ProtocolJson.Default.TaskView);
            return;
        }
        // What changes nothing has no row of its own in the task's trail.
        audit.Note(new(clock.GetUtcNow(), "approval-refused", caller.TokenId, caller.Address, task.Id, $"{body!.Decision}: {reply.Rejection}"));
        // It has ended, so it waits for nobody; the attempt that is superseded is a worker's word.
        await context.Answer(ProblemTable.Of(reply.Rejection == Rejection.AlreadyEnded ? Rejection.NotAwaitingApproval : reply.Rejection));
    }
}
