namespace OpenClaw.Worker.Processes;

/// <summary>
/// Whoever a <see cref="ProcessRunner"/> starts a program for. In the daemon that is the attempt: it asks the server again when its yes is
/// old, and notes the process in its journal. In a supervisor's process it is the supervisor: it asks its daemon, and notes the process in
/// the run's log.
/// </summary>
internal interface IProgramStart
{
    /// <summary>
    /// Asked directly before the program is started, on a thread of its own: it may block for as long as the answer takes. False: nothing
    /// is started. The program's time counts from the yes.
    /// </summary>
    bool MayStart();

    /// <summary>It was started, as this process.</summary>
    void MarkStarted(int pid);
}
