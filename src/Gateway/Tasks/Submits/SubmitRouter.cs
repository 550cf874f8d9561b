using OpenClaw.Gateway.Manifests;
using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Requests;
using OpenClaw.Gateway.Security;
using OpenClaw.Gateway.Sessions;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Gateway.Tasks.Submits;

/// <summary>
/// Decides where a task may run whose envelope alone does not say it: a turn goes where its conversation is, a custom kind where its
/// payload fits the worker's schema.
/// </summary>
internal sealed class SubmitRouter(IGrainFactory grains, SessionRouter sessions, CustomKindMatcher kinds)
{
    /// <summary>The spec of a task with this id; <paramref name="keyed"/> when a client's key decided the id.</summary>
    public async ValueTask<Reading<TaskSpec>> RouteByWorkers(
        Envelope envelope, ValidatedSubmit submit, Caller caller, Guid id, bool keyed)
    {
        var errors = new FieldErrors();
        var spec = submit.Turn is { } turn
            ? await sessions.RouteTurn(envelope, submit, turn, caller, errors)
            : await kinds.MatchWorker(envelope, submit, caller, errors);
        // The repeat of a submit that was taken is answered with its task, whatever became of the conversation since.
        if (spec is null && keyed && await grains.GetTaskGrain(id).Get() is not null)
            spec = TaskSpecs.CreateSpec(envelope, submit, caller.Tenant);
        return spec is null ? new(null, Problem400.ForFields(errors.ToArray())) : new(spec, null);
    }
}
