using OpenClaw.Worker.Processes.Output;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// Runs programs of a task, one after another, each to its end. There are two: <see cref="ProcessRunner"/> runs them as children of this
/// process, which ends them when it ends; <see cref="Supervision.Attempts.SupervisedAttempt"/> has each run by a supervisor, a process of
/// its own that outlives the daemon (and runs it by a <see cref="ProcessRunner"/> there).
/// </summary>
internal interface IProcessRunner
{
    /// <summary>
    /// Never throws for what the program does or fails to do. When <paramref name="stop"/> fires first, the tree is ended and
    /// <see cref="ProcessEnd.Tree"/> is the proof. A supervised program that a daemon before this one started is not started again but
    /// taken up: its output comes once more from the first byte.
    /// </summary>
    Task<ProcessEnd> RunProgram(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace);
}
