using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Audit;
using OpenClaw.Worker.Processes;
using OpenClaw.Worker.Processes.Supervision.Deadlines;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Polling;

/// <param name="AnsweredAt">When one was answered last, by the wall clock.</param>
/// <param name="Unanswered">Why the last one was not; null: it was, or there was none yet.</param>
internal sealed record HeartbeatOutcome(DateTimeOffset? AnsweredAt, string? Unanswered);

/// <summary>
/// Renews the leases of what runs and does at once what the server says. Shares nothing with execution: connections of its own, no task's
/// work on the thread pool, and no file of the user's is looked at here. It beats every interval of the server's, and at once when asked (a
/// cancel came, the machine woke).
/// </summary>
internal sealed class HeartbeatLoop(
    ServerLink link, SessionKeeper sessions, AttemptTable attempts, SessionScan scan, TimeProvider clock, WorkerLog log)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TryMoreAfter = TimeSpan.FromMinutes(10);
    private readonly Signal now = new();
    private readonly ReconnectDelay pause = ReconnectDelay.CreateJittered(LongestRetry);
    private volatile TaskCompletionSource? wanted;
    private RecentSession[]? lastRecent;
    private bool plain;
    private int mostRecent = Limits.RecentSessions;
    private long shortenedAt;

    /// <summary>Called when a heartbeat got no answer in time.</summary>
    public event Action? HeartbeatMissed;

    /// <summary>Whose audit head goes with the heartbeats; null: none does.</summary>
    public AuditHeadReporter? Audit { get; init; }

    /// <summary>Keeps where the server's own audit ends; null: nobody asks.</summary>
    public ServerHeads? ServerHeads { get; init; }

    /// <summary>What became of the last heartbeat. Replaced as a whole: <c>status</c> reads it from another thread.</summary>
    public HeartbeatOutcome Last { get; private set; } = new(null, null);

    public void BeatNow() => now.Set();

    /// <summary>Beats at once; completes when a heartbeat sent from now on was answered. After sleep nothing else goes before it.</summary>
    public void BeatFirst()
    {
        wanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        now.Set();
    }

    /// <summary>Completes at once unless a heartbeat has to go first.</summary>
    public Task WaitForFirstBeat(CancellationToken cancellation) => wanted?.Task.WaitAsync(cancellation) ?? Task.CompletedTask;

    public async Task RunUntilStopped(CancellationToken cancellation)
    {
        scan.Changed += now.Set;
        try
        {
            // While the session is opened there is time, so the first heartbeat mostly has it.
            scan.StartIfDue();
            while (true)
            {
                var session = await sessions.WaitForLive(cancellation);
                var answered = await BeatOnce(session, cancellation);
                scan.StartIfDue();
                var wait = answered ? TimeSpan.FromMilliseconds(session.HeartbeatEvery) : pause.GetNext();
                await now.Wait(wait, clock, cancellation);
            }
        }
        finally
        {
            scan.Changed -= now.Set;
        }
    }

    /// <summary>Ends by our own clock what another attempt may replace and we could not renew. Called every second or two.</summary>
    public void EndUnrenewed()
    {
        // Also while there is no session: the server counts the lease all the same.
        if (sessions.Lease is not { } lease) return;
        foreach (var attempt in attempts.Active.Where(
            attempt => attempt is { IsStarted: true, HasProgramEnded: false, Offer.EndsWithLease: true }))
        {
            if (clock.GetElapsedTime(attempt.RenewedAt) >= LeaseClock.ComputeEndDelay(lease))
                StopAttempt(attempt, StopReason.LeaseLost);
        }
    }

    private async Task<bool> BeatOnce(SessionOpened session, CancellationToken cancellation)
    {
        var goesFirst = wanted;
        var (running, reporting) = SelectAttempts();
        var sentAt = clock.GetTimestamp();
        var changed = FindChangedSessions();
        var audit = plain ? null : Audit?.FindUnreported();
        var heartbeat = new Heartbeat
        {
            Session = session.Session, Attempts = [.. running.Keys.Union(reporting, StringComparer.Ordinal)],
            Reporting = reporting.Length > 0 && !plain ? reporting : null, RecentSessions = changed, AuditHead = audit,
            WantsAuditHeads = link.TellsAuditHeads && !plain && ServerHeads is { IsDue: true } ? true : null,
        };
        var reply = await link.SendHeartbeat(heartbeat, cancellation);
        if (reply is { IsOk: true, Value: { } answer })
        {
            pause.Reset();
            plain = false;
            Last = new(clock.GetUtcNow(), null);
            lastRecent = changed ?? lastRecent;
            if (audit is not null) _ = Audit!.MarkReported(audit);
            if (answer.AuditHeads is { } heads) _ = ServerHeads?.RecordHeads(session.Server ?? "", heads);
            foreach (var (id, directive) in answer.Attempts)
            {
                if (running.TryGetValue(id, out var attempt)) FollowDirective(attempt, directive, sentAt);
            }
            if (goesFirst is not null) wanted = null;
            goesFirst?.TrySetResult();
            return true;
        }
        if (reply.SessionLost) sessions.MarkLost(session.Session);
        if (reply.NoAnswer is { InTime: false }) HeartbeatMissed?.Invoke();
        Last = Last with { Unanswered = reply.Why };
        if (reply.FitsOlderServer) _ = sessions.ReopenForProtocol(session.Session);
        // Perhaps fields that this server does not know. Leases are renewed without them until a session says what it knows.
        plain = reply.Problem is { Status: 400 } && !plain;
        log.HeartbeatFailed(reply.Why);
        // The leases matter; the list of sessions, which is for people, gets shorter until it comes through.
        if (reply.IsTooLarge && changed is not null) (mostRecent, shortenedAt) = (mostRecent / 2, clock.GetTimestamp());
        return false;
    }

    /// <summary>
    /// What runs, by id, and what has ended and is on its way. The server would call the latter timed out, or lost, and begin it again, if
    /// it were not told so: output takes long on a slow line. Output in memory counts as both, for a cancel still ends it.
    /// </summary>
    private (Dictionary<string, HeldAttempt> Running, string[] Reporting) SelectAttempts()
    {
        var started = attempts.Started.Take(Limits.Held).ToLookup(attempt => attempt.HasProgramEnded && link.HearsReports);
        var runs = started[false].Select(attempt => attempt.Offer.AttemptId).ToArray();
        var over = started[true].Select(attempt => attempt.Offer.AttemptId);
        var running = started[false].Concat(started[true].Where(attempt => !attempt.LeavesSlot))
            .ToDictionary(attempt => attempt.Offer.AttemptId, StringComparer.Ordinal);
        // Between the two looks one of them may have gone on to the others.
        var reporting = link.HearsReports ? over.Union(attempts.ReportingIds, StringComparer.Ordinal).Except(runs, StringComparer.Ordinal)
            : [];
        return (running, [.. reporting.Take(Limits.Held - runs.Length)]);
    }

    private void FollowDirective(HeldAttempt attempt, string directive, long sentAt)
    {
        if (directive == "cancel")
            StopAttempt(attempt, StopReason.Cancel);
        else if (directive == "superseded")
            StopAttempt(attempt, StopReason.Superseded);
        else if (directive == "continue")
            attempt.RenewLease(sentAt);
    }

    private void StopAttempt(HeldAttempt attempt, StopReason why)
    {
        if (attempt.Stop.Why == StopReason.None) log.Stopping(attempt.Offer.AttemptId, why.ToString());
        attempt.Stop.Request(why);
    }

    /// <summary>Null when nothing changed since the server last took them.</summary>
    private RecentSession[]? FindChangedSessions()
    {
        if (scan.Found is not { } found) return null;
        if (clock.GetElapsedTime(shortenedAt) >= TryMoreAfter) mostRecent = Limits.RecentSessions;
        var newest = found[..Math.Min(found.Length, mostRecent)];
        return lastRecent is not null && newest.SequenceEqual(lastRecent) ? null : newest;
    }
}
