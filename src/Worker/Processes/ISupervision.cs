using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Output;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// Runs the programs of one attempt in another process, which outlives this one; the same promises as <see cref="ProcessRunner"/>.
/// </summary>
internal interface ISupervision
{
    /// <summary>
    /// Starts the program, or takes up the one that a daemon before this one started: its output comes again from the first byte.
    /// </summary>
    Task<ProcessEnd> RunProgram(ProcessSpec spec, IOutputSink output, AttemptStop stop, TimeSpan killGrace);
}
