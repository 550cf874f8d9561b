using OpenClaw.Worker.Processes.Output;
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

    /// <summary>
    /// Starts a program on the calling thread, which a file system that does not answer holds up for as long as it likes: see
    /// <see cref="StartingChild"/>.
    /// </summary>
    /// <param name="spec">The program.</param>
    /// <param name="output">Takes what it prints.</param>
    /// <param name="mayStart">The last question, directly before the program comes to be; it may block. False: nothing is started.</param>
    /// <param name="clock">The clock.</param>
    public static ChildStart Start(ProcessSpec spec, IOutputSink output, Func<bool> mayStart, TimeProvider clock)
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? WindowsChild.Spawn(spec, output, mayStart, clock)
                : UnixChild.Spawn(spec, output, mayStart, clock);
        }
        catch (IOException exhausted)
        {
            return $"the program '{spec.Argv[0]}' could not be started: {exhausted.Message}";
        }
    }
}

/// <summary>
/// What came of starting a program: the child, or a sentence why there is none, or neither because it was not to be started.
/// </summary>
/// <param name="Child">The child.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="TooLarge">Because arguments and environment are more than the system takes: it never will.</param>
internal readonly record struct ChildStart(ChildProcess? Child, string? Error, bool TooLarge = false)
{
    public static ChildStart CreateTooLarge(string error) => new(null, error, TooLarge: true);

    public static implicit operator ChildStart(ChildProcess child) => new(child, null);

    public static implicit operator ChildStart(string error) => new(null, error);
}
