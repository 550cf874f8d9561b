using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Workers;
using OpenClaw.Worker.Polling;
using OpenClaw.Worker.Transport;

namespace OpenClaw.Worker.Facts;

/// <summary>
/// Tells the server what this PC is: some seconds after a session was opened, and again when it has changed. Nothing waits for it, and a
/// server that does not want to know is not asked again in that session.
/// </summary>
internal sealed class FactsLoop(ServerLink link, SessionKeeper sessions, Func<CancellationToken, Task<WorkerFacts>> read, TimeProvider clock)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);
    private string? told;
    private string? refusedIn;

    public async Task Run(CancellationToken cancellation)
    {
        await sessions.Live(cancellation).ConfigureAwait(false);
        for (var wait = First; ; wait = Every)
        {
            await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
            if (sessions.Known is { } session && session.Session != refusedIn)
                await Tell(session.Session, cancellation).ConfigureAwait(false);
        }
    }

    private async Task Tell(string session, CancellationToken cancellation)
    {
        // A tool that will not go holds nobody up at the end.
        var facts = await read(cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        var text = $"{session} {JsonSerializer.Serialize(facts, ProtocolJson.Default.WorkerFacts)}";
        if (text == told)
            return;
        var reply = await link.Announce(new AnnounceFacts(session, facts), cancellation).ConfigureAwait(false);
        if (reply.IsOk)
            told = text;
        else if (!reply.MayRetry && !reply.SessionLost)
            refusedIn = session;
    }
}
