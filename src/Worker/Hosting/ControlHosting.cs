using OpenClaw.Worker.Control;
using OpenClaw.Worker.Control.Callers;

namespace OpenClaw.Worker.Hosting;

/// <summary>The socket by which the owner's commands reach the daemon: status, approve, pause, resume, drain.</summary>
internal static class ControlHosting
{
    /// <summary>Null where there can't be one.</summary>
    public static ControlServer? Open(DaemonContext daemon, OwnerControls owner, ServerConnection server, AttemptHosting work) =>
        ControlServer.Open(
            daemon.Options.Home, CreateCommands(daemon, owner, server, work), CreateOwnerGuard(daemon, owner, server), daemon.Clock,
            daemon.Log);

    /// <summary>No task gives the owner's orders to the daemon it runs under.</summary>
    private static OwnerGuard CreateOwnerGuard(DaemonContext daemon, OwnerControls owner, ServerConnection server)
    {
        var attempts = server.Attempts;
        var detector = new TaskCallerDetector(() => attempts.Active.SelectMany(attempt => attempt.RecoveredSupervisors ?? []));
        return new OwnerGuard(detector.FindTask, task => attempts.Active.Any(attempt => attempt.Offer.TaskId == task), (command, who) =>
        {
            owner.Audit.RecordRejectedCommand(command, who);
            daemon.Log.OrderRefused(command, who);
        });
    }

    private static ControlCommands CreateCommands(
        DaemonContext daemon, OwnerControls owner, ServerConnection server, AttemptHosting work)
    {
        var (commands, home, files) = (new ControlCommands(), daemon.Home, daemon.Resources.Files);
        var orders = new StatusOrders(owner.Drain, owner.Pause, work.Approvals.Pending, owner.TemporaryApprovals, owner.Policy);
        var left = new StatusFiles(home.Spool, files.Spool.Refused, server.Link.Holds);
        var contact = new ServerContact(server.Sessions, server.Heartbeats, work.Polls)
        {
            Program = files.Supervisors?.Program, Servers = server.Servers,
        };
        var status = new StatusCommand(daemon.Options, contact, server.Attempts, left, orders, daemon.Clock);
        commands.Add(StatusCommand.Name, status.Run);
        commands.Add(ApproveCommand.Name, new ApproveCommand(work.Approvals, work.Holds, daemon.Clock).Run, ApproveCommand.IsOrder);
        var pausing = new PauseCommand(owner.Pause, owner.Audit, daemon.Log);
        commands.Add(PauseCommand.PauseName, pausing.Pause, _ => true);
        commands.Add(PauseCommand.ResumeName, pausing.Resume, _ => true);
        commands.Add(DrainCommand.Name, new DrainCommand(server.Attempts, home.Spool, owner.Drain).Run, _ => true);
        return commands;
    }
}
