using OpenClaw.Worker.Processes.Supervision.Channels;
using OpenClaw.Worker.Processes.Unix;

namespace OpenClaw.Worker.Processes.Supervision;

/// <summary>
/// A supervisor as its daemon sees it: the connection to it, and its process. A task may stop the supervisor it runs under, so whatever is
/// expected of one is expected within a time; meanwhile it is continued whenever it is found stopped.
/// </summary>
/// <param name="channel">The connection.</param>
/// <param name="process">The process.</param>
/// <param name="isOurs">This daemon started it, so it is ours to reap.</param>
internal sealed class SupervisorProcess(Channel channel, ProcessIdentity process, bool isOurs)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    public Channel Channel => channel;

    public ProcessIdentity Process => process;

    /// <summary>It serves one program after another only for the daemon that started it.</summary>
    public bool IsOurs => isOurs;

    /// <summary>Run time its program had left when it came to this daemon, ms; null: not told.</summary>
    public long? TimeoutLeft { get; init; }

    /// <summary>The next message; null when it has gone, or has said nothing for so long.</summary>
    public Message? ReadMessage(TimeSpan limit)
    {
        for (var left = limit; left > TimeSpan.Zero; left -= CheckInterval)
        {
            if (channel.WaitForInput(left < CheckInterval ? left : CheckInterval))
                return channel.ReadMessage(CheckInterval);
            process.ContinueIfStopped();
        }
        return null;
    }

    /// <summary>Lets it go: without a daemon and without a run it ends by itself. It is reaped once it has ended.</summary>
    public void Dismiss()
    {
        channel.Dispose();
        if (isOurs) ChildReaper.ReleaseTracked(process.Pid);
    }

    /// <summary>Ends it, for it does not do what it is there for.</summary>
    public void KillAndDismiss()
    {
        process.Kill();
        Dismiss();
    }
}
