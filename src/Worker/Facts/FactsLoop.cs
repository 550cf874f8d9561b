using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Facts;

/// <summary>
/// Tells the server what this PC is: some seconds after a session was opened, and again when it has changed. Nothing waits for it, and a
/// server that does not want to know is not asked again in that session. The owner's pause and the policy's quiet hours are told as soon as
/// they begin or end.
/// </summary>
internal sealed class FactsLoop(
    ServerLink link, SessionKeeper sessions, PauseOrder pause, Func<DateTimeOffset?> quietUntil,
    Func<CancellationToken, Task<WorkerFacts>> read,
    TimeProvider clock)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private readonly Signal changed = new();
    private string? sentFacts;
    private string? rejectedSession;

    /// <summary>When it takes work has changed: sends the facts now.</summary>
    public void LookNow() => changed.Set();

    public async Task RunUntilStopped(CancellationToken cancellation)
    {
        await sessions.WaitForLive(cancellation);
        await Task.Delay(First, clock, cancellation);
        pause.Changed += changed.Set;
        try
        {
            while (true)
            {
                // Before the facts are read: a pause that ends meanwhile is in the next reading, which is soon.
                var next = GetNextDelay(pause.Left);
                if (sessions.Known is { } session && session.Session != rejectedSession)
                    await SendFacts(session.Session, cancellation);
                await changed.Wait(next, clock, cancellation);
            }
        }
        finally
        {
            pause.Changed -= changed.Set;
        }
    }

    /// <summary>A pause that ends by itself is looked at when it has. Pure.</summary>
    private static TimeSpan GetNextDelay(TimeSpan? left) => left is { } some && some < Every ? some : Every;

    private async Task SendFacts(string session, CancellationToken cancellation)
    {
        // A tool that hangs must not delay the daemon's end.
        var facts = await read(cancellation).WaitAsync(cancellation);
        if (pause.Since is { } since)
            facts = facts with
            {
                Paused = true,
                PausedSince = since.ToUnixTimeMilliseconds(),
                PausedUntil = pause.Until?.ToUnixTimeMilliseconds(),
            };
        facts = facts with { QuietUntil = quietUntil()?.ToUnixTimeMilliseconds() };
        var text = $"{session} {JsonSerializer.Serialize(facts, ProtocolJson.Default.WorkerFacts)}";
        if (text == sentFacts) return;
        var reply = await link.AnnounceFacts(new AnnounceFacts(session, facts), cancellation);
        // The tools are most of it.
        var shortened = reply.IsTooLarge;
        if (shortened)
            reply = await link.AnnounceFacts(new AnnounceFacts(session, facts with { Tools = null }), cancellation);
        if (reply.IsOk)
            sentFacts = shortened ? null : text;
        else if (!reply.MayRetry && !reply.SessionLost)
            rejectedSession = session;
    }
}
