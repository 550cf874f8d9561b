using System.Runtime.CompilerServices;

namespace OpenClaw.Storage.Retention;

/// <summary>
/// Keeps the output and the payloads of ended tasks within a size, the oldest goes first. What there is is counted once, from page to page,
/// and from then on only what has ended since: by the minute, because that much is remembered and dropped at a time. Each silo counts for
/// itself; what another one has dropped already is passed by.
/// </summary>
internal sealed class OutputBudget(IKeptOutput kept, long most)
{
    private const int Page = 500;
    private const long EnoughOutput = 16L << 20;
    private static readonly TimeSpan Part = TimeSpan.FromMinutes(1);

    /// <summary>A task may be committed a little after the time it says.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);
    private readonly SortedDictionary<DateTimeOffset, long> parts = [];
    private DateTimeOffset counted;
    private long total;

    /// <summary>Counts what is new and drops what is too much; bytes dropped.</summary>
    /// <param name="keptSince">What ended before is deleted anyhow.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends it between two pages.</param>
    public async ValueTask<long> Enforce(DateTimeOffset keptSince, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var part in parts.Keys.TakeWhile(part => part + Part <= keptSince).ToArray()) ForgetPart(part);
        await CountOutput(FloorToPart(now - Settled), cancellation).ConfigureAwait(false);
        long dropped = 0;
        while (total > most && parts.Count > 0)
        {
            var oldest = parts.First().Key;
            dropped += await DropPart(oldest, cancellation).ConfigureAwait(false);
            ForgetPart(oldest);
        }
        return dropped;
    }

    private async ValueTask CountOutput(DateTimeOffset until, CancellationToken cancellation)
    {
        await foreach (var task in ReadEndedBetween(counted, until, cancellation).ConfigureAwait(false))
        {
            if (task.Bytes == 0) continue;
            var part = FloorToPart(task.EndedAt);
            parts[part] = parts.GetValueOrDefault(part) + task.Bytes;
            total += task.Bytes;
        }
        if (until > counted) counted = until;
    }

    private async ValueTask<long> DropPart(DateTimeOffset part, CancellationToken cancellation)
    {
        var (numbers, bytes, dropped) = (new List<long>(), 0L, 0L);
        await foreach (var task in ReadEndedBetween(part, part + Part, cancellation).ConfigureAwait(false))
        {
            if (task.Bytes == 0) continue;
            numbers.Add(task.Number);
            bytes += task.Bytes;
            if (bytes >= EnoughOutput || numbers.Count == Page) await DropNumbers().ConfigureAwait(false);
        }
        if (numbers.Count > 0) await DropNumbers().ConfigureAwait(false);
        return dropped;

        // In portions, so that other writes get through between two.
        async ValueTask DropNumbers()
        {
            await kept.DeleteOutput([.. numbers], cancellation).ConfigureAwait(false);
            dropped += bytes;
            numbers.Clear();
            bytes = 0;
        }
    }

    /// <summary>From page to page; each task once, however many ended in one instant.</summary>
    private async IAsyncEnumerable<EndedTask> ReadEndedBetween(
        DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var seen = new HashSet<long>();
        while (true)
        {
            var page = await kept.ReadEndedTasks(from, Page, cancellation).ConfigureAwait(false);
            var any = false;
            foreach (var task in page)
            {
                if (task.EndedAt >= until) yield break;
                if (task.EndedAt > from) seen.Clear();
                from = task.EndedAt;
                if (!seen.Add(task.Number)) continue;
                any = true;
                yield return task;
            }
            if (page.Count < Page) yield break;
            // A whole page of one instant: on to the next.
            if (!any) from = from.AddTicks(1);
        }
    }

    private void ForgetPart(DateTimeOffset part)
    {
        if (parts.Remove(part, out var bytes)) total -= bytes;
    }

    private static DateTimeOffset FloorToPart(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % Part.Ticks), TimeSpan.Zero);
}
