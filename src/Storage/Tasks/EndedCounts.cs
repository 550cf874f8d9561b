using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// Ended tasks by tenant and state, kept in parts of so many by the time at which they ended. A part changes only when tasks are
/// deleted, the first to end first: so a turn reads what comes after the last part, the oldest part, and one other, which puts
/// right what changed in some other way. Not for use by two at once.
/// </summary>
internal sealed class EndedCounts(ITaskRows rows, int partSize)
{
    /// <summary>A task may be committed a little after the time it says.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    /// <summary>The oldest first; each one begins where the one before ends.</summary>
    private readonly List<Part> parts = [];
    private int nextRecount;
    private TaskTally latest = [];

    /// <summary>False: more has ended, or was there at the start, than one turn counts; the next ones go on.</summary>
    public bool IsComplete { get; private set; }

    private DateTimeOffset End => parts.Count == 0 ? DateTimeOffset.MinValue : parts[^1].Until;

    /// <summary>Of one tenant, as far as it is counted.</summary>
    public void AddTo(Dictionary<TaskState, long> counts, string tenant)
    {
        foreach (var tally in parts.Select(part => part.Tally).Append(latest))
        {
            foreach (var ((owner, state), count) in tally)
                if (owner == tenant) counts[state] = counts.GetValueOrDefault(state) + count;
        }
    }

    /// <summary>Counts on from where the last call ended, until all is counted or it is enough.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isEnough">Asked after each new part: ends the turn.</param>
    /// <param name="cancellation">Ends it with an exception; what is counted stays.</param>
    public async ValueTask Refresh(DateTimeOffset now, Func<bool> isEnough, CancellationToken cancellation)
    {
        IsComplete = false;
        await RecountOldest(cancellation).ConfigureAwait(false);
        nextRecount = nextRecount + 1 < parts.Count ? nextRecount + 1 : 0;
        if (nextRecount > 0) await RecountPart(nextRecount, cancellation).ConfigureAwait(false);
        latest = [];
        var added = false;
        while (await rows.FindEndTime(End, partSize, cancellation).ConfigureAwait(false) is { } until && until < now - Settled)
        {
            // Before another one: what is newer than the last part is counted in the same turn, or it would be missing until the next.
            if (added && isEnough()) return;
            parts.Add(new Part(End, until, await rows.CountEnded(End, until, cancellation).ConfigureAwait(false)));
            added = true;
        }
        latest = await rows.CountEnded(End, DateTimeOffset.MaxValue, cancellation).ConfigureAwait(false);
        IsComplete = true;
    }

    private async ValueTask RecountOldest(CancellationToken cancellation)
    {
        while (parts.Count > 0)
        {
            parts[0] = parts[0] with { From = DateTimeOffset.MinValue };
            await RecountPart(0, cancellation).ConfigureAwait(false);
            // The last one stays: it says from where on the latest are counted.
            if (parts[0].Tally.Count > 0 || parts.Count == 1) return;
            parts.RemoveAt(0);
        }
    }

    private async ValueTask RecountPart(int index, CancellationToken cancellation) => parts[index] = parts[index] with
    {
        Tally = await rows.CountEnded(parts[index].From, parts[index].Until, cancellation).ConfigureAwait(false),
    };

    /// <summary>What ended in a stretch of time, its end not included.</summary>
    private sealed record Part(DateTimeOffset From, DateTimeOffset Until, TaskTally Tally);
}
