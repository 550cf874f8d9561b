using System.Collections.Concurrent;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// Tasks per state. Those that have not ended are counted over an index; of those that have, only what is new. At most every few
/// seconds, and less often, but every minute, when counting takes longer, however often it is asked.
/// </summary>
internal sealed class TaskCounts(ITaskRows rows, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    /// <summary>Whoever asks first waits no longer than about this; what is missing is counted by the turns that follow.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);

    /// <summary>However long one took: submits are refused by a count that is older than the backlog.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Unended> unended = new(StringComparer.Ordinal);
    private readonly EndedCounts ended = new(rows, partSize: 10_000);
    private readonly SemaphoreSlim turn = new(1);
    private DateTimeOffset endedUntil;

    /// <summary>Of every state. After a start with very many tasks there, the numbers of ended ones grow for a while.</summary>
    public async ValueTask<IReadOnlyDictionary<TaskState, long>> GetAll(string tenant, CancellationToken cancellation)
    {
        var counts = new Dictionary<TaskState, long>(await GetUnended(tenant, cancellation).ConfigureAwait(false));
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (clock.GetUtcNow() >= endedUntil) await CountEnded(cancellation).ConfigureAwait(false);
            ended.AddTo(counts, tenant);
        }
        finally
        {
            turn.Release();
        }
        return counts;
    }

    /// <summary>Of those that have not ended alone: no slower for all that have.</summary>
    public async ValueTask<IReadOnlyDictionary<TaskState, long>> GetUnended(string tenant, CancellationToken cancellation)
    {
        if (unended.TryGetValue(tenant, out var known) && clock.GetUtcNow() < known.Until) return known.Counts;
        var start = clock.GetTimestamp();
        var counts = await rows.CountUnended(tenant, cancellation).ConfigureAwait(false);
        unended[tenant] = new Unended(counts, clock.GetUtcNow() + ChoosePause(start));
        return counts;
    }

    public void Dispose() => turn.Dispose();

    private async ValueTask CountEnded(CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        await ended.Refresh(clock.GetUtcNow(), () => clock.GetElapsedTime(start) >= LongestTurn, cancellation).ConfigureAwait(false);
        endedUntil = clock.GetUtcNow() + (ended.IsComplete ? ChoosePause(start) : Fresh);
    }

    private TimeSpan ChoosePause(long start)
    {
        var pause = clock.GetElapsedTime(start) * 100;
        return pause < Fresh ? Fresh : pause < LongestPause ? pause : LongestPause;
    }

    private sealed record Unended(IReadOnlyDictionary<TaskState, long> Counts, DateTimeOffset Until);
}
