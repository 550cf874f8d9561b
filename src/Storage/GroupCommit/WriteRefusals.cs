using Microsoft.Extensions.Logging;

namespace OpenClaw.Storage.GroupCommit;

/// <summary>
/// What keeps the store from taking writes, and since when: told to readiness checks, and to the log once a minute, for every write that is
/// tried meanwhile would be a line.
/// </summary>
internal sealed class WriteRefusals(TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private volatile Refusal? current;
    private long? told;
    private int untold;

    /// <summary>Why the last write was refused; null: it was not, or for no reason that is known.</summary>
    public string? Sentence => current?.Sentence;

    /// <summary>How long ago the last write was refused; null: it was taken.</summary>
    public TimeSpan? Age => current is { } refusal ? clock.GetElapsedTime(refusal.At) : null;

    /// <summary>So many writes were refused for a reason that is known.</summary>
    public void NoteRefused(string sentence, int writes)
    {
        lock (gate)
        {
            current = new Refusal(sentence, clock.GetTimestamp());
            untold += writes;
            if (told is { } at && clock.GetElapsedTime(at) < Interval) return;
            log.WritesRefused(sentence, untold);
            (told, untold) = (clock.GetTimestamp(), 0);
        }
    }

    /// <summary>A commit is durable. Asks nothing of the hot path but to look at a field.</summary>
    public void NoteTaken()
    {
        if (current is null) return;
        lock (gate)
        {
            current = null;
            log.WritesTaken();
        }
    }

    private sealed record Refusal(string Sentence, long At);
}
