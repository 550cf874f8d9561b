using OpenClaw.GrainInterfaces.Queues;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Grains.Tasks;

// Turns of an agent session: its files are on one PC's disk.
internal sealed partial class TaskGrain
{
    /// <summary>
    /// True when the turn can't run on this worker. A turn that came before the first of its agent session had started is for any
    /// worker; when it is offered, that one has run, and it is for the same worker from then on.
    /// </summary>
    private async ValueTask<bool> IsForOtherWorker(Holder holder)
    {
        await EnsureLoaded();
        if (record is not { State: TaskState.Queued or TaskState.Offered, Spec: { Session: { } key } spec }) return false;
        if (spec.Tenant != holder.Tenant || RequiresWorker(spec.Requires)) return false;
        if (await services.GetAgentSession(spec.Tenant, key).Worker() is not { } owner || owner == holder.Worker) return false;
        await ApplyTrigger(new TaskTrigger.Pin(owner));
        return true;
    }

    /// <summary>Durable before the worker may spawn: the next turn must know where this one ran.</summary>
    private async Task<TaskStep> RecordHolder(TaskStep step, Holder holder)
    {
        if (step is { Rejection: Rejection.None, Record: { State: TaskState.Running, Spec: { Session: { } key } spec } })
            await services.GetAgentSession(spec.Tenant, key).Ran(holder.Worker);
        return step;
    }

    private static bool RequiresWorker(string requires) =>
        LabelSet.Split(requires).Any(label => label.StartsWith(LabelSet.WorkerPrefix, StringComparison.Ordinal));
}
