using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Approvals;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Attempts.Journal;
using OpenClaw.Worker.Attempts.Results;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Control;
using OpenClaw.Worker.Control.Callers;
using OpenClaw.Worker.Execution;
using OpenClaw.Worker.Execution.Agents;
using OpenClaw.Worker.Execution.Commands;
using OpenClaw.Worker.Execution.Settings;
using OpenClaw.Worker.Facts;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Identity;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker;

/// <summary>Builds the loops of one daemon, runs them side by side, and takes them down in order.</summary>
internal sealed class WorkerHost : IDisposable
{
    private static readonly TimeSpan AtStart = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastReports = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastEnds = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterLoopError = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(10);
    private HomeClock? ordersTime;
    private readonly WorkerOptions options;
    private readonly TimeProvider clock;
    private readonly WorkerLog log;
    private readonly ServerLink link;
    private readonly PolicyGate gate;
    private readonly AttemptTable attempts;
    private readonly SessionKeeper sessions;
    private readonly HeartbeatLoop heartbeats;
    private readonly PollLoop polls;
    private readonly AttemptRunner runner;
    private readonly FactsLoop facts;
    private readonly DrainOrder drain = new();
    private readonly PauseOrder pause;
    private readonly StartHolds holds;
    private readonly ApprovalRecords approvals;
    private readonly ControlServer? control;
    private readonly string? renamedFrom;
    private readonly AuditHeadReporter report;
    private readonly ServerMemory servers;
    private readonly CancellationTokenSource ending = new();

    public WorkerHost(WorkerOptions options, StartupResources resources, TimeProvider clock, WorkerLog log)
    {
        (this.options, this.clock, this.log) = (options, clock, log);
        var (home, identity, files, owner, route) = resources;
        var atStart = new FileSystemCalls(FileSystemCalls.MaxHangingForTasks, clock);
        var (user, settings) = (UserEnvironment.CreateForProcess(clock, log.ShellReplaced), owner.Settings);
        gate = new PolicyGate(owner.Policy, user, options.Home, clock);
        var agents = new ConfiguredAgents(settings, options.Home, (
            program, own) => atStart.RunWithTimeout(() => ConfiguredAgents.FindProgram(program, own), null, AtStart));
        var executors = new ExecutorCatalog([new CommandExecutor(), .. ConfiguredExecutors.CreateAll(settings), .. agents.Executors]);
        link = new ServerLink(route, options.Token, clock) { IsElsewhere = id => attempts!.IsElsewhere(id) };
        pause = new PauseOrder(home.Pause, GetHomeClock(home));
        int Capacity() => pause.Left is null ? gate.GetCapacity(options.MaxConcurrent) : 0;
        attempts = new AttemptTable(Capacity);
        pause.Changed += attempts.WakeParked;
        sessions = new SessionKeeper(
            link, options, DescribeSelf(home, identity, executors, settings), attempts, clock, log)
        { Opened = CheckServer };
        var audit = new AuditLog(home.Audit, clock, log);
        report = new AuditHeadReporter(audit);
        servers = new ServerMemory(home, identity.Record, options.Url, log);
        heartbeats = new HeartbeatLoop(link, sessions, attempts, new SessionScan(agents.CreateRecentSessions(user), clock, log), clock,
            log)
        { Audit = report };
        var left = new SkippedOffers(clock);
        StartGate? start = null;
        var payloads = new LargePayloads(link, sessions, attempts, clock, log);
        var poll =
            new PollContext(options.PollWait, offer => runner!.AcceptOffer(offer), offers => start!.FilterOffers(offers), log, pause, left)
            {
                Payloads = payloads,
            };
        polls = new PollLoop(link, sessions, attempts, heartbeats, clock, poll);
        var (waiting, rules) = (new WaitingOffers(home.Approvals), new TemporaryApprovals(home.TemporaryApprovals, GetHomeClock(home)));
        approvals = new ApprovalRecords(waiting, rules, new PendingApprovals(), audit, left);
        var policy = new PolicyEnforcer(gate, clock, log);
        holds = new StartHolds(gate, pause, attempts, Capacity, clock);
        start = new StartGate(policy.JudgeOffer, CreateApprovalCoordinator(user), holds, approvals.Audit, log);
        var context = new RunnerContext(attempts, why => polls.PauseFor(DiskPause, why), clock, log, ending.Token, start, policy)
        { BeatNow = heartbeats.BeatNow, Payloads = payloads };
        var execution = new AttemptExecution(link, sessions, executors, user, files, context);
        var sender = new ResultSender(link, sessions, files, attempts, clock, log);
        runner = new AttemptRunner(link, sessions, files, execution, sender, context);
        facts = new FactsLoop(
            link, sessions, pause, () => gate.Policy.QuietUntil(clock.GetLocalNow()), new FactReader(user, clock).ReadAll, clock);
        renamedFrom = identity.RenamedFrom;
        ResumeReports(files.Spool);
        ResumeApprovals();
        control = ControlServer.Open(options.Home, CreateCommands(home, files), CreateOwnerGuard(), clock, log);
    }

    /// <summary>The time of what the owner orders for a while.</summary>
    private HomeClock GetHomeClock(HomeFolder home) => ordersTime ??= HomeClock.Open(home.Clock, clock);

    /// <summary>Before it works: what the daemon before began is held when the session is opened, and goes on then.</summary>
    public void ResumeRecovered(IReadOnlyList<RecoveredAttempt> recovered)
    {
        foreach (var attempt in recovered)
            runner.ResumeRecovered(attempt);
    }

    private ApprovalCoordinator CreateApprovalCoordinator(UserEnvironment user)
    {
        var about = new ApprovalContext(options.Name, user.Home, clock, log, ending.Token);
        var question = new ApprovalRequester(link, sessions, approvals, () => gate.Policy.ApprovalTerms, about);
        return new ApprovalCoordinator(attempts, approvals, question, about);
    }

    private OpenSession DescribeSelf(HomeFolder home, HomeIdentity identity, ExecutorCatalog executors, WorkerSettings settings) =>
        SessionKeeper.DescribeWorker(options, home.Instance, executors.Kinds, WorkerDaemon.Version) with
        {
            Manifests = settings.Manifests,
            Run = identity.Run,
            Replaces = identity.Replaces.Length == 0 ? null : identity.Replaces,
            FormerNames = identity.FormerNames.Length == 0 ? null : identity.FormerNames,
        };

    public async Task<int> RunUntilStopped(CancellationToken stop)
    {
        if (renamedFrom is { } before) log.Renamed(before, options.Name, attempts.HeldIds.Length);
        runner.StartDeferred();
        var ticks = new TickLoop(heartbeats, polls, attempts, MayWorkChanged, clock, log);
        var loops = Task.WhenAll(RunGuarded("poll", polls.RunUntilStopped), RunGuarded("heartbeat", heartbeats.RunUntilStopped),
            RunGuarded("tick", ticks.RunUntilStopped), RunGuarded("facts", facts.RunUntilStopped));
        await WaitForAny(stop, drain.Asked);
        if (drain.Asked.IsCancellationRequested) await WaitForTasks(stop);
        await StopTasks();
        await ending.CancelAsync();
        await loops;
        await runner.WaitForEnd();
        await SayGoodbye();
        drain.MarkEnded();
        if (control is not null) await control.DisposeAsync();
        log.Stopped();
        return ExitCodes.Stopped;
    }

    private async Task<bool> MayWorkChanged()
    {
        var changed = await gate.CheckForChange();
        if (changed) facts.LookNow();
        return changed;
    }

    /// <summary>Runs before anything else is sent in a session: which server is our work from, and is the audit log still whole?</summary>
    private Task CheckServer(SessionOpened opened) => Task.Run(() =>
    {
        attempts.SetElsewhere(servers.RecordServer(opened, attempts.AllIds));
        report.BeginSession(opened.AuditHead);
    });

    public void Dispose()
    {
        link.Dispose();
        drain.Dispose();
        approvals.Audit.Dispose();
        ending.Dispose();
    }

    private OwnerGuard CreateOwnerGuard()
    {
        var look = new TaskCallerDetector(() => attempts.Active.SelectMany(attempt => attempt.RecoveredSupervisors ?? []));
        return new OwnerGuard(look.FindTask, task => attempts.Active.Any(attempt => attempt.Offer.TaskId == task), (command, who) =>
        {
            approvals.Audit.RecordRejectedCommand(command, who);
            log.OrderRefused(command, who);
        });
    }

    private ControlCommands CreateCommands(HomeFolder home, AttemptFiles files)
    {
        var commands = new ControlCommands();
        var orders = new StatusOrders(drain, pause, approvals.Pending, approvals.TemporaryApprovals, gate);
        var left = new StatusFiles(home.Spool, files.Spool.Refused, link.Holds);
        var contact = new ServerContact(sessions, heartbeats, polls) { Program = files.Supervisors?.Program, Servers = servers };
        var status = new StatusCommand(options, contact, attempts, left, orders, clock);
        commands.Add(StatusCommand.Name, status.Run);
        commands.Add(ApproveCommand.Name, new ApproveCommand(approvals, holds, clock).Run, ApproveCommand.IsOrder);
        var pausing = new PauseCommand(pause, approvals.Audit, log);
        commands.Add(PauseCommand.PauseName, pausing.Pause, _ => true);
        commands.Add(PauseCommand.ResumeName, pausing.Resume, _ => true);
        commands.Add(DrainCommand.Name, new DrainCommand(attempts, home.Spool, drain).Run, _ => true);
        return commands;
    }

    private void ResumeReports(ResultSpool spool)
    {
        var waiting = spool.LoadAll();
        if (waiting.Count > 0) log.SpoolFound(waiting.Count);
        foreach (var (attemptId, result) in waiting)
            runner.ReportSpooled(attemptId, result);
    }

    private void ResumeApprovals()
    {
        var waiting = approvals.Offers.LoadAll();
        if (waiting.Count > 0) log.ApprovalsFound(waiting.Count);
        foreach (var one in waiting)
            runner.ResumeWaiting(one);
    }

    /// <summary>An exception in a loop is a bug; it is logged and the loop starts again, because a worker without it would hang.</summary>
    private async Task RunGuarded(string name, Func<CancellationToken, Task> loop)
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await loop(ending.Token);
            }
            catch (OperationCanceledException)
            {
                // Ending: the condition above tells.
            }
            catch (Exception error)
            {
                log.Fault($"the {name} loop", error);
                await DelayNoThrow(AfterLoopError, ending.Token);
            }
        }
    }

    /// <summary>The owner's order, which has time: until all have ended, or a signal.</summary>
    private async Task WaitForTasks(CancellationToken stop)
    {
        attempts.StopAccepting();
        polls.Interrupt();
        log.DrainAsked(attempts.Running);
        await WaitForAllEnded(System.Threading.Timeout.InfiniteTimeSpan, stop);
    }

    private async Task StopTasks()
    {
        attempts.StopAccepting();
        polls.Interrupt();
        if (attempts.Running is > 0 and var running) log.Draining(running);
        await WaitForAllEnded(options.DrainTimeout);
        foreach (var attempt in attempts.Active)
            attempt.Stop.Request(StopReason.WorkerStopped, options.StopGrace);
        await WaitForAllEnded(options.StopGrace + LastReports);
        foreach (var attempt in attempts.Active)
            attempt.Stop.MarkOverdue();
        await WaitForAllEnded(LastEnds);
        if (sessions.Known is not null) await Task.WhenAny(runner.WaitForEnd(), DelayNoThrow(LastReports, default));
    }

    private async Task WaitForAllEnded(TimeSpan limit, CancellationToken cancellation = default)
    {
        var freed = new Signal();
        attempts.Freed += freed.Set;
        using var late = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        while (attempts.Active.Length > 0 && !either.IsCancellationRequested)
            await freed.Wait(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        attempts.Freed -= freed.Set;
    }

    private async Task SayGoodbye()
    {
        if (sessions.Known is not { } session) return;
        using var limit = new CancellationTokenSource(Goodbye, clock);
        try
        {
            var audit = report.FindUnreported();
            var reply = await link.CloseSession(session.Session, audit, limit.Token);
            // A server of before knows no heads of audit logs.
            if (reply.FitsOlderServer && audit is not null)
                _ = await link.CloseSession(session.Session, audit: null, limit.Token);
            if (reply.IsOk && audit is not null) await report.MarkReported(audit).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The server sees it by the silence.
        }
    }

    private async Task DelayNoThrow(TimeSpan time, CancellationToken cancellation) =>
        await Task.Delay(time, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task WaitForAny(params CancellationToken[] any)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(any);
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = either.Token.Register(() => fired.TrySetResult());
        await fired.Task;
    }
}

/// <summary>What a daemon needs, all of it opened and checked before it starts.</summary>
internal sealed record StartupResources(HomeFolder Home, HomeIdentity Identity, AttemptFiles Files, OwnerFiles Owner, GatewayRoute Route);
