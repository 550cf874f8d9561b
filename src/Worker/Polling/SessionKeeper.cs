using System.Runtime.InteropServices;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Attempts;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Polling;

/// <summary>
/// Opens the session, and opens it again when the server says it is not the live one any more. One at a time, for ever. When the name
/// belongs to another worker: at the start it waits for its turn; when it had the name and lost it, it stops.
/// </summary>
internal sealed class SessionKeeper(
    ServerLink link, WorkerOptions options, OpenSession template, AttemptTable attempts, TimeProvider clock, WorkerLog log)
{
    private readonly SemaphoreSlim opening = new(1);
    private readonly CancellationTokenSource takenOver = new();
    private readonly Reconnect pause = Reconnect.Jittered();
    private SessionOpened? current;
    private bool hadOne;

    /// <summary>Fires when another worker has taken the name over.</summary>
    public CancellationToken TakenOver => takenOver.Token;

    /// <summary>The session when there is one; opens nothing.</summary>
    public SessionOpened? Known => Volatile.Read(ref current);

    /// <summary>Since when, by the wall clock, that one is open.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>The live session, opened when there is none. Waits as long as it takes.</summary>
    public async Task<SessionOpened> Live(CancellationToken cancellation)
    {
        if (Known is { } known)
            return known;
        await opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            while (Known is null)
                await Open(cancellation).ConfigureAwait(false);
            return Known;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>The server does not know this session any more. Of an older one than the live one it means nothing.</summary>
    public void Lost(string session)
    {
        if (Known is { } known && known.Session == session)
            Interlocked.CompareExchange(ref current, null, known);
    }

    /// <summary>A call that needs the session.</summary>
    public async Task<Reply<T>> With<T>(Func<string, Task<Reply<T>>> call, CancellationToken cancellation)
    {
        var session = await Live(cancellation).ConfigureAwait(false);
        var reply = await call(session.Session).ConfigureAwait(false);
        if (reply.SessionLost)
            Lost(session.Session);
        return reply;
    }

    /// <summary>What this worker says of itself.</summary>
    public static OpenSession Describe(WorkerOptions options, string instance, string[] kinds, string version) => new()
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

    private async Task Open(CancellationToken cancellation)
    {
        var reply = await link.Open(template with { Held = attempts.Held }, cancellation).ConfigureAwait(false);
        if (reply is { IsOk: true, Value: { } opened })
        {
            pause.Reset();
            hadOne = true;
            Since = clock.GetUtcNow();
            Volatile.Write(ref current, opened);
            log.Connected(options.Name, options.Url, opened.Session);
            return;
        }
        if (reply.Is(ProblemTypes.SessionTaken) && hadOne)
        {
            log.TakenOver(options.Name);
            await takenOver.CancelAsync().ConfigureAwait(false);
            throw new OperationCanceledException(takenOver.Token);
        }
        var wait = pause.Next();
        if (reply.Is(ProblemTypes.SessionTaken))
            log.SessionTaken(options.Name, reply.Why, wait);
        else
            log.Unreachable(options.Url, reply.Why, wait);
        await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
    }
}
