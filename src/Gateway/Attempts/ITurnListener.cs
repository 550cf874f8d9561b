using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.GrainInterfaces.Workers;

namespace OpenClaw.Gateway.Attempts;

/// <summary>Wants to know of every turn of a conversation whose result was recorded. Must not hold up the caller.</summary>
internal interface ITurnListener
{
    /// <summary>The state is the task's after the result: queued when another attempt follows.</summary>
    void OnTurnEnded(Guid task, TaskSpec turn, Holder by, TaskState state);
}
