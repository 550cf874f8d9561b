using System.Runtime.InteropServices;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Polling;

/// <summary>
/// Opens the session, and opens it again when the server says it is not the live one any more. One at a time, for ever. While another
/// daemon has the name it waits for its turn; what runs meanwhile runs on, and results stay in the spool.
/// </summary>
internal sealed class SessionKeeper(
    ServerLink link, WorkerOptions options, OpenSession template, AttemptTable attempts, TimeProvider clock, WorkerLog log)
{
    /// <summary>A session that was lost sooner was taken by somebody who may do so again at once.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SayAgain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMinutes(1);
    private const string OlderServer = "the server that opened the session is of an older build than this daemon: it hears nothing of the "
        + "audit log, and may call a task lost whose result takes long on a slow line";
    private readonly SemaphoreSlim opening = new(1);
    private readonly ReconnectDelay pause = ReconnectDelay.CreateJittered();
    private readonly ReconnectDelay rest = ReconnectDelay.CreateJittered();
    private SessionOpened? current;
    private long? openedAt;
    private readonly Lock asking = new();
    private long? askedAt;
    /// <summary>The last session was given up here, to ask for the protocol.</summary>
    private volatile bool gaveUp;
    private long? drainReportedAt;

    /// <summary>Called for each session before anything else is sent in it.</summary>
    public Func<SessionOpened, Task> Opened { get; init; } = _ => Task.CompletedTask;

    /// <summary>The session when there is one; opens nothing.</summary>
    public SessionOpened? Known => Volatile.Read(ref current);

    /// <summary>Since when, by the wall clock, that one is open.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Why there is none, a sentence; null when there is one, or none was tried for yet.</summary>
    public string? WhyNone { get; private set; }

    /// <summary>What does not work in this session as the server is of a build before; null: all works, or there is no session.</summary>
    public string? Lacks => Known is { Protocol: null } ? OlderServer : null;

    /// <summary>How long a renewed lease counts, as the server last announced; null before the first session.</summary>
    public TimeSpan? Lease { get; private set; }

    /// <summary>The live session, opened when there is none. Waits as long as it takes.</summary>
    public async Task<SessionOpened> WaitForLive(CancellationToken cancellation)
    {
        if (Known is { } known) return known;
        await opening.WaitAsync(cancellation);
        try
        {
            if (Known is null) await WaitAfterBriefSession(cancellation);
            SessionOpened? opened;
            while ((opened = Known) is null)
                await OpenOnce(cancellation);
            return opened;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>The server does not know this session any more. Of an older one than the live one it means nothing.</summary>
    public void MarkLost(string session)
    {
        if (Known is { } known && known.Session == session) Interlocked.CompareExchange(ref current, null, known);
    }

    /// <summary>
    /// An answer fits a server of an older protocol than the session's: one that was put back to an earlier version, perhaps. Only a new
    /// session tells which protocol it speaks, and it is asked for at once: results wait for it. While servers of both answer, the newer
    /// one may open that, too, so there is some time to the next question. True: the session is not the live one any more.
    /// </summary>
    public bool ReopenForProtocol(string session)
    {
        lock (asking)
        {
            if (Known is not { } known || known.Session != session) return true;
            if (known.Protocol is null || (askedAt is { } at && clock.GetElapsedTime(at) < BetweenQuestions))
                return false;
            // Before it is dropped: whoever opens the next one may be quicker, and is not to take this for a theft.
            (askedAt, gaveUp) = (clock.GetTimestamp(), true);
            MarkLost(session);
        }
        log.ServerOlder(options.Url);
        return true;
    }

    /// <summary>A call that needs the session.</summary>
    public async Task<Reply<T>> CallInSession<T>(Func<string, Task<Reply<T>>> call, CancellationToken cancellation)
    {
        var session = await WaitForLive(cancellation);
        var reply = await call(session.Session);
        if (reply.SessionLost) MarkLost(session.Session);
        return reply;
    }

    /// <summary>What this worker says of itself.</summary>
    public static OpenSession DescribeWorker(WorkerOptions options, string instance, string[] kinds, string version) => new()
    {
        Name = options.Name,
        Instance = instance,
        Labels = [.. options.Labels],
        Kinds = kinds,
        Os = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux",
        Arch = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        Version = version,
        MaxConcurrent = options.MaxConcurrent,
    };

    private async Task OpenOnce(CancellationToken cancellation)
    {
        var reply = await link.OpenSession(template with { Held = attempts.HeldIds }, cancellation);
        if (reply is { IsOk: true, Value: { } opened })
        {
            pause.Reset();
            await Opened(opened);
            (openedAt, drainReportedAt, WhyNone) = (clock.GetTimestamp(), null, null);
            (Since, Lease) = (clock.GetUtcNow(), TimeSpan.FromMilliseconds(opened.Lease));
            Volatile.Write(ref current, opened);
            log.Connected(options.Name, options.Url, opened.Session, Lacks);
            return;
        }
        var wait = pause.GetNext(reply.RetryAfter);
        WhyNone = reply.Why;
        if (!reply.IsProblem(ProblemTypes.SessionTaken))
            log.Unreachable(options.Url, reply.Why, wait);
        else if (drainReportedAt is not { } drained || clock.GetElapsedTime(drained) >= SayAgain)
            LogTaken(reply.Why);
        await Task.Delay(wait, clock, cancellation);
    }

    /// <summary>Two daemons that both get the name would take it from each other many times a second: each time it waits longer.</summary>
    private async Task WaitAfterBriefSession(CancellationToken cancellation)
    {
        if (gaveUp)
        {
            gaveUp = false;
            return;
        }
        if (openedAt is not { } at || clock.GetElapsedTime(at) is var lasted && lasted >= Settled)
        {
            rest.Reset();
            return;
        }
        var wait = rest.GetNext();
        log.SessionBrief(clock.GetElapsedTime(at), wait);
        await Task.Delay(wait, clock, cancellation);
    }

    /// <summary>The other one may be there for days: a line at first, and now and then.</summary>
    private void LogTaken(string why)
    {
        drainReportedAt = clock.GetTimestamp();
        log.SessionTaken(options.Name, why, attempts.HeldIds.Length);
    }
}
