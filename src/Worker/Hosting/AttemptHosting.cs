using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Approvals.Binding;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Attempts.Pipeline;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Masking;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;

namespace OpenClaw.Worker.Hosting;

/// <summary>Polls for offers, and the pipeline each of them goes through.</summary>
internal sealed class AttemptHosting
{
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(10);
    private readonly DaemonContext daemon;
    private readonly OwnerControls owner;
    private readonly ServerConnection server;
    private readonly InstalledExecutors executors;
    private readonly LargePayloads payloads;

    public AttemptHosting(DaemonContext daemon, OwnerControls owner, ServerConnection server, InstalledExecutors executors)
    {
        (this.daemon, this.owner, this.server, this.executors) = (daemon, owner, server, executors);
        var left = new SkippedOffers(daemon.Clock);
        payloads = new LargePayloads(server.Link, server.Sessions, server.Attempts, daemon.Clock, daemon.Log);
        Approvals = new ApprovalRecords(
            new WaitingOffers(daemon.Home.Approvals), owner.TemporaryApprovals, new PendingApprovals(), owner.Audit, left);
        Holds = new StartHolds(owner.Policy, owner.Pause, server.Attempts, owner.GetCapacity, daemon.Clock);
        var context = new PipelineContext(server.Attempts, daemon.Clock, daemon.Log, daemon.Ending)
        {
            PauseWork = why => Polls!.PauseFor(DiskPause, why), BeatNow = server.Heartbeats.BeatNow,
        };
        var policies = new PolicyEnforcer(owner.Policy, daemon.Clock, daemon.Log);
        var phases = CreatePhases(context, policies);
        Runner = new AttemptRunner(
            new AttemptPipeline(phases, payloads, context), policies, payloads, daemon.Resources.Files, context);
        var poll = new PollContext(
            daemon.Options.PollWait, Runner.AcceptOffer, phases.Approve.FilterOffers, daemon.Log, owner.Pause, left)
        {
            Payloads = payloads,
        };
        Polls = new PollLoop(server.Link, server.Sessions, server.Attempts, server.Heartbeats, daemon.Clock, poll);
    }

    public PollLoop Polls { get; }
    public AttemptRunner Runner { get; }
    public ApprovalRecords Approvals { get; }
    public StartHolds Holds { get; }

    /// <summary>Takes up what a daemon before this one left: results in the spool, offers that wait for their owner.</summary>
    public void ResumeKept()
    {
        var (results, offers) = (daemon.Resources.Files.Spool.LoadAll(), Approvals.Offers.LoadAll());
        if (results.Count > 0) daemon.Log.SpoolFound(results.Count);
        foreach (var (attemptId, result) in results)
            Runner.ReportSpooled(attemptId, result);
        if (offers.Count > 0) daemon.Log.ApprovalsFound(offers.Count);
        foreach (var offer in offers)
            Runner.ResumeWaiting(offer);
    }

    private PipelinePhases CreatePhases(PipelineContext context, PolicyEnforcer policies)
    {
        var (link, sessions, files, clock) = (server.Link, server.Sessions, daemon.Resources.Files, daemon.Clock);
        var judge = new JudgePhase(owner.Policy, owner.SignedUses, owner.Audit, daemon.Log);
        var approvals = CreateApprovalCoordinator();
        var outputs = new AttemptOutput(
            link, sessions, executors.Catalog, files, clock, new SecretSource(daemon.Options, executors.User));
        return new PipelinePhases(
            judge,
            new ApprovePhase(judge, approvals, Holds, owner.Audit, daemon.Log),
            new JournalPhase(files, executors.Catalog, context),
            new StartPhase(link, sessions, files, approvals, owner.Audit, context),
            new ExecutePhase(judge, policies, executors.Catalog, outputs, files, context),
            new SpoolPhase(files, owner.Audit, payloads, context),
            new ReportPhase(new ResultSender(link, sessions, files, server.Attempts, clock, daemon.Log), context));
    }

    private ApprovalCoordinator CreateApprovalCoordinator()
    {
        var about = new ApprovalContext(daemon.Options.Name, executors.User.Home, daemon.Clock, daemon.Log, daemon.Ending)
        {
            Binder = new WorkBinder(owner.Policy, executors.Catalog),
            RemoteYes = new RemoteYesJudge(OwnerControls.CreateTrust(daemon), daemon.Clock),
        };
        var question = new ApprovalRequester(server.Link, server.Sessions, Approvals, () => owner.Policy.Policy.ApprovalTerms, about);
        return new ApprovalCoordinator(server.Attempts, Approvals, question, about);
    }
}
