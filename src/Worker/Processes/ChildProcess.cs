using System.Diagnostics.CodeAnalysis;
using OpenClaw.Worker.Output;
using OpenClaw.Worker.Processes.Unix;
using OpenClaw.Worker.Processes.Windows;

namespace OpenClaw.Worker.Processes;

/// <summary>
/// A started program with its whole tree. Its output goes to the sink until the last writer closed the pipes or, once the program
/// itself has ended, for a short drain; so a background child that keeps a pipe open never holds the task.
/// </summary>
internal abstract class ChildProcess : IDisposable
{
    /// <summary>Process id; also id of its group and session on Unix. Not given to another process before <see cref="Dispose"/>.</summary>
    public abstract int Id { get; }

    /// <summary>Completes when the program itself has ended and its output is drained.</summary>
    public abstract Task<ProcessEnd> Ended { get; }

    /// <summary>Ends the tree: SIGTERM (Ctrl-Break on Windows), the grace, SIGKILL (the job object), then a scan as proof.</summary>
    public abstract Task<TreeEnd> KillTree(TimeSpan grace);

    /// <summary>Gives the process id and all handles back.</summary>
    public abstract void Dispose();

    /// <summary>Starts a program; false with a sentence when it can't be started.</summary>
    public static bool TryStart(
        ProcessSpec spec, IOutputSink output, TimeProvider clock,
        [NotNullWhen(true)] out ChildProcess? child, [NotNullWhen(false)] out string? error)
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? WindowsChild.TrySpawn(spec, output, clock, out child, out error)
                : UnixChild.TrySpawn(spec, output, clock, out child, out error);
        }
        catch (IOException exhausted)
        {
            child = null;
            error = $"the program '{spec.Argv[0]}' could not be started: {exhausted.Message}";
            return false;
        }
    }
}
