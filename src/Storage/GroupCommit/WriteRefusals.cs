using Microsoft.Extensions.Logging;

namespace OpenClaw.Storage.GroupCommit;

/// <summary>
/// Why the store takes no writes, and since when. Readiness checks show it; it is logged once a minute, because every write that is tried
/// meanwhile would be a line.
/// </summary>
internal sealed class WriteRefusals(TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private volatile Refusal? current;
    private long? loggedAt;
    private int unlogged;
    private bool isLogged;

    /// <summary>Why the last write was refused; null: it was not, or for no reason that is known.</summary>
    public string? Sentence => current?.Sentence;

    /// <summary>How long ago the last write was refused; null: it was taken.</summary>
    public TimeSpan? Age => current is { } refusal ? clock.GetElapsedTime(refusal.At) : null;

    /// <summary>So many writes were refused for a reason that is known.</summary>
    public void NoteRefused(string message, int writes)
    {
        lock (gate)
        {
            current = new Refusal(message, clock.GetTimestamp());
            unlogged += writes;
            if (loggedAt is { } at && clock.GetElapsedTime(at) < Interval) return;
            log.WritesRefused(message, unlogged);
            (loggedAt, unlogged, isLogged) = (clock.GetTimestamp(), 0, true);
        }
    }

    /// <summary>A commit is durable. Asks nothing of the hot path but to look at a field.</summary>
    public void NoteTaken()
    {
        if (current is null) return;
        lock (gate)
        {
            current = null;
            if (isLogged) log.WritesTaken();
            isLogged = false;
        }
    }

    private sealed record Refusal(string Sentence, long At);
}
