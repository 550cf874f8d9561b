using OpenClaw.Load.Measure;

namespace OpenClaw.Load.Modes;

/// <summary>A worker that runs nothing: takes a task, says it succeeded, takes the next.</summary>
internal interface IWorkerLoop : IDisposable
{
    /// <summary>Polls until cancelled. A task's pick-up (submit sent to poll answered) goes to <paramref name="pickUp"/>.</summary>
    Task Run(Func<Samples?> pickUp, CancellationToken cancellation);
}
