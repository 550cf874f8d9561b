using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Hosting;

/// <summary>The way to the server: link, session and heartbeats, and the table of the attempts that these name.</summary>
internal sealed class ServerConnection : IDisposable
{
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);
    private readonly TimeProvider clock;
    private readonly AuditHeadReporter auditHeads;

    public ServerConnection(DaemonContext daemon, OwnerControls owner, InstalledExecutors executors)
    {
        var (options, log) = (daemon.Options, daemon.Log);
        clock = daemon.Clock;
        Attempts = new AttemptTable(owner.GetCapacity);
        owner.Pause.Changed += Attempts.WakeParked;
        Link = new ServerLink(daemon.Resources.Route, daemon.Resources.Key is null ? options.Token : "", clock)
        {
            IsElsewhere = Attempts.IsElsewhere, Key = daemon.Resources.Key,
        };
        Servers = new ServerMemory(daemon.Home, daemon.Resources.Identity.Record, options.Url, log);
        auditHeads = new AuditHeadReporter(owner.Audit);
        Sessions = new SessionKeeper(Link, options, DescribeSelf(daemon, executors.Catalog), Attempts, clock, log) { Opened = CheckServer };
        Heartbeats = new HeartbeatLoop(Link, Sessions, Attempts, executors.CreateSessionScan(), clock, log)
        {
            Audit = auditHeads, ServerHeads = new ServerHeads(owner.Audit, clock, log),
        };
    }

    public ServerLink Link { get; }
    public SessionKeeper Sessions { get; }
    public HeartbeatLoop Heartbeats { get; }
    public AttemptTable Attempts { get; }
    public ServerMemory Servers { get; }

    /// <summary>So that the server need not find it out by the silence.</summary>
    public async Task SayGoodbye()
    {
        if (Sessions.Known is not { } session) return;
        using var limit = new CancellationTokenSource(GoodbyeTimeout, clock);
        try
        {
            var audit = auditHeads.FindUnreported();
            var reply = await Link.CloseSession(session.Session, audit, limit.Token);
            // A server of before knows no heads of audit logs.
            if (reply.FitsOlderServer && audit is not null) _ = await Link.CloseSession(session.Session, audit: null, limit.Token);
            if (reply.IsOk && audit is not null) await auditHeads.MarkReported(audit).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The server sees it by the silence.
        }
    }

    public void Dispose() => Link.Dispose();

    /// <summary>Runs before anything else is sent in a session: which server is our work from, and is the audit log still whole?</summary>
    private Task CheckServer(SessionOpened opened) => Task.Run(() =>
    {
        Attempts.SetElsewhere(Servers.RecordServer(opened, Attempts.AllIds));
        auditHeads.BeginSession(opened.AuditHead);
    });

    private static OpenSession DescribeSelf(DaemonContext daemon, ExecutorCatalog executors)
    {
        var identity = daemon.Resources.Identity;
        return SessionKeeper.DescribeWorker(daemon.Options, daemon.Home.Instance, executors.Kinds, WorkerDaemon.Version) with
        {
            Manifests = daemon.Resources.Owner.Settings.Manifests,
            Run = identity.Run,
            Replaces = identity.Replaces.Length == 0 ? null : identity.Replaces,
            FormerNames = identity.FormerNames.Length == 0 ? null : identity.FormerNames,
        };
    }
}
