using OpenClaw.Protocol.Workers;

namespace OpenClaw.Worker.Audit;

/// <summary>Tells the server where the owner's audit log ends, and compares the log with what the server had heard before.</summary>
internal sealed class AuditHeadReporter(AuditLog log)
{
    private readonly Lock gate = new();
    private readonly Lock noting = new();
    private ChainEnd? taken;
    private bool isWanted;
    private long lastTaken;
    private long lastNoted;

    /// <summary>A session is open; null: its server takes no heads. Reads the log.</summary>
    public void BeginSession(AuditHead? reported)
    {
        if (reported is not null) log.CompareWithServer(new ChainEnd(reported.Rows, reported.Hash));
        log.LoadHead();
        lock (gate)
            (isWanted, taken) = (reported is not null, reported is null ? null : new ChainEnd(reported.Rows, reported.Hash));
    }

    /// <summary>What the server has not heard yet; null: nothing, or it takes none. Touches no disk: heartbeats wait for none.</summary>
    public AuditHead? FindUnreported()
    {
        lock (gate)
            return isWanted && log.Head is { } end && end != taken ? new AuditHead(end.Seq, end.Hash) : null;
    }

    /// <summary>The server has heard of it; noted in the background.</summary>
    public Task MarkReported(AuditHead head)
    {
        var end = new ChainEnd(head.Rows, head.Hash);
        long number;
        lock (gate)
            (taken, number) = (end, ++lastTaken);
        return Task.Run(() =>
        {
            // Of two that come here at once the later one stays.
            lock (noting)
            {
                if (number < lastNoted) return;
                lastNoted = number;
                log.SaveReportedHead(end);
            }
        });
    }
}
