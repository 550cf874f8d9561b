using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Attempts;

/// <summary>Wants to know of every turn of a conversation whose result was recorded. Must not hold up the caller.</summary>
internal interface ITurnListener
{
    void TurnEnded(Guid task, TaskSpec turn, AttemptOutcome outcome);
}
