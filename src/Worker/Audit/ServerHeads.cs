using OpenClaw.Protocol.Audit;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Worker.Audit;

/// <summary>
/// Keeps in the owner's log where the chains of the server's own audit end: whoever has the database can't cut off or rewrite them without
/// changing the logs of all PCs, too.
/// </summary>
internal sealed class ServerHeads(AuditLog log, TimeProvider clock, WorkerLog events)
{
    public const int MostHeads = 32;
    private const int LongestName = 64;
    // What an earlier daemon was told is looked for in the newest of its files alone; all of it stays in the log.
    private const int FilesLookedAt = 2;
    private static readonly TimeSpan AskEvery = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly Lock recording = new();
    private Dictionary<(string Server, string Chain), AuditChainHead>? known;
    private long? heardAt;

    /// <summary>Once a minute, and with the first heartbeat.</summary>
    public bool IsDue
    {
        get
        {
            lock (gate) return heardAt is not { } at || clock.GetElapsedTime(at) >= AskEvery;
        }
    }

    /// <summary>
    /// What the server says becomes a row, where a chain has grown. In the background: heartbeats wait for no disk.
    /// </summary>
    public Task RecordHeads(string server, AuditChainHead[] heads)
    {
        lock (gate) heardAt = clock.GetTimestamp();
        AuditChainHead[] told = [.. heads.Where(IsValid).Take(MostHeads)];
        return told.Length == 0 || server.Length > LongestName ? Task.CompletedTask : Task.Run(() => RecordChanged(server, told));
    }

    /// <summary>The heads that are not the known ones, and those of them that are behind what was known or beside it. Pure.</summary>
    public static (AuditChainHead[] Changed, AuditChainHead[] Behind) CompareHeads(
        IReadOnlyDictionary<string, AuditChainHead> known, IReadOnlyCollection<AuditChainHead> told)
    {
        AuditChainHead[] changed = [.. told.Where(head => known.GetValueOrDefault(head.Chain) != head)];
        return (changed, [.. changed.Where(head => known.TryGetValue(head.Chain, out var before) && head.Link <= before.Link)]);
    }

    private void RecordChanged(string server, AuditChainHead[] told)
    {
        lock (recording)
        {
            var isFirst = known is null;
            known ??= LoadKnown();
            var ofServer = known.Where(one => one.Key.Server == server).ToDictionary(one => one.Key.Chain, one => one.Value);
            var (changed, behind) = CompareHeads(ofServer, told);
            // Gateways say what they read up to 15 s ago, and the daemon before this one may have heard of more a moment ago: what is
            // behind is judged when it is told again, in a minute.
            if (isFirst) (changed, behind) = ([.. changed.Except(behind)], []);
            if (changed.Length == 0) return;
            foreach (var head in behind) events.ServerAuditBehind(head.Chain, ofServer[head.Chain].Link, head.Link);
            log.RecordServerHeads(server, changed, behind.Length > 0);
            foreach (var head in changed) known[(server, head.Chain)] = head;
        }
    }

    private Dictionary<(string Server, string Chain), AuditChainHead> LoadKnown()
    {
        var loaded = new Dictionary<(string, string), AuditChainHead>();
        try
        {
            foreach (var row in AuditReader.ReadServerRows(log.Folder, FilesLookedAt))
            {
                foreach (var head in row.Heads!) loaded[(row.Server!, head.Chain)] = head;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then each chain is told of once more.
        }
        return loaded;
    }

    private static bool IsValid(AuditChainHead head) =>
        head is { Link: > 0, Chain.Length: > 0 and <= LongestName, Hash.Length: Sha256Hex.Length }
        && head.Hash.All(char.IsAsciiHexDigitLower) && head.Chain.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
}
