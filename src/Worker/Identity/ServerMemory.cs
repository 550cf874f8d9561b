using OpenClaw.Protocol.Workers;

namespace OpenClaw.Worker.Identity;

/// <summary>
/// Remembers in the home which server its work is from, so that nothing of one server's is told to another: its tasks it does not know, and
/// their output is not its business. What is for another server is kept until that one is asked again.
/// </summary>
internal sealed class ServerMemory(HomeFolder home, HomeRecord kept, Uri url, WorkerLog log)
{
    private readonly Lock gate = new();
    private HomeRecord record = kept;

    /// <summary>Servers whose work is kept here, and how much.</summary>
    public IReadOnlyList<KeptWork> Elsewhere
    {
        get
        {
            lock (gate)
                return [.. record.Elsewhere.Values];
        }
    }

    /// <summary>
    /// A session with a server is about to be used. Ids of attempts that are not its own; on disk before it returns, as far as that lets
    /// us.
    /// </summary>
    public IReadOnlySet<string> RecordServer(SessionOpened opened, IReadOnlyCollection<string> held)
    {
        lock (gate)
        {
            // An older server says no id: it counts as the one before.
            if (opened.Server is not { } server) return ServerSwitch.GetElsewhere(record);
            var next = ServerSwitch.ApplyServer(record, server, url.GetLeftPart(UriPartial.Path), held);
            var elsewhere = ServerSwitch.GetElsewhere(next);
            if (record.Server is { } before && before != server)
                log.ServerChanged(record.ServerUrl, elsewhere.Count, held.Count - elsewhere.Count);
            if (!ServerSwitch.AreSame(record, next)) SaveRecord(next);
            record = next;
            return elsewhere;
        }
    }

    private void SaveRecord(HomeRecord next)
    {
        try
        {
            next.SaveTo(home.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.NoHomeRecord(home.Path, error);
        }
    }
}
