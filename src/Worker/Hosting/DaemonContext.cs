namespace OpenClaw.Worker.Hosting;

/// <summary>What every part of one daemon is made with.</summary>
internal sealed record DaemonContext(WorkerOptions Options, StartupResources Resources, TimeProvider Clock, WorkerLog Log)
{
    public HomeFolder Home => Resources.Home;

    /// <summary>Fires last, when nothing is waited for any more.</summary>
    public required CancellationToken Ending { get; init; }
}
