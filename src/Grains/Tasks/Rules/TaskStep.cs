using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Grains.Tasks;

/// <summary>What one trigger does to one record.</summary>
/// <param name="Record">The task after it; the very same object when nothing changed.</param>
/// <param name="Rejection">
/// Why the caller is refused. A refused call may still move the task: a start that comes too late expires it.
/// </param>
/// <param name="Durable">The record must be committed before anybody is answered.</param>
internal readonly record struct TaskStep(TaskRecord? Record, Rejection Rejection = Rejection.None, bool Durable = false)
{
    /// <summary>Answer to a heartbeat.</summary>
    public Directive Directive { get; init; }

    /// <summary>What became of a reported result.</summary>
    public ResultFate Fate { get; init; }

    /// <summary>The same call was answered before.</summary>
    public bool Repeated { get; init; }

    /// <summary>An event that changes nothing but must be seen in the audit trail; null: none.</summary>
    public string? Note { get; init; }
}
