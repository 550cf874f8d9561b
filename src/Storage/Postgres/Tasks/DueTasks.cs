namespace OpenClaw.Storage.Postgres.Tasks;

/// <summary>
/// Tasks whose time has come, for all shards that this process sweeps in one walk of the index. Where somebody holds a transaction open the
/// index keeps an entry of every task that ran since, and each walk passes all of them: one for each shard took the whole server then.
/// </summary>
internal sealed class DueTasks(PostgresDatabase database, TimeProvider clock)
{
    /// <summary>More than these are asked for shard by shard.</summary>
    private const int Most = 1000;

    private const string Wake =
        "SELECT shard, id FROM tasks WHERE wake_at IS NOT NULL AND wake_at <= $1 ORDER BY wake_at, shard, id LIMIT $2";

    private const string WakeOfShard =
        "SELECT id FROM tasks WHERE wake_at IS NOT NULL AND wake_at <= $2 AND shard = $1 ORDER BY wake_at, id LIMIT $3";

    /// <summary>A walk serves for so long at most, and only once each shard: who comes again wants to know what has changed.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(4);

    /// <summary>One that takes longer than this is made more seldom, so that it takes a twentieth of the time at most.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim one = new(1);
    private Walk last = new([], -1, [], TimeSpan.Zero);

    public async ValueTask<IReadOnlyList<Guid>> FindInShard(int shard, DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!last.TryServe(shard, clock)) last = await StartWalk(shard, now, cancellation).ConfigureAwait(false);
            if (last.Due.Count < Most)
                return [.. last.Due.Where(due => due.Shard == shard).Take(limit).Select(due => due.Task)];
        }
        finally
        {
            one.Release();
        }
        return await database.QueryRows(
            WakeOfShard, parameters => parameters.AddNext((short)shard).AddNext(now).AddNext(limit), row => row.GetGuid(0), cancellation)
            .ConfigureAwait(false);
    }

    private async ValueTask<Walk> StartWalk(int shard, DateTimeOffset now, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        var due = await database.QueryRows(
            Wake, parameters => parameters.AddNext(now).AddNext(Most), row => ((int)row.GetInt16(0), row.GetGuid(1)), cancellation)
            .ConfigureAwait(false);
        var took = clock.GetElapsedTime(start);
        var pause = took < Long ? TimeSpan.Zero : took * 20 < LongestPause ? took * 20 : LongestPause;
        return new(due, clock.GetTimestamp(), [shard], pause);
    }

    /// <param name="Due">What was found.</param>
    /// <param name="At">When, as a timestamp; negative: never.</param>
    /// <param name="Served">Shards that have had it.</param>
    /// <param name="Pause">Before the next one.</param>
    private sealed record Walk(IReadOnlyList<(int Shard, Guid Task)> Due, long At, HashSet<int> Served, TimeSpan Pause)
    {
        public bool TryServe(int shard, TimeProvider clock)
        {
            if (At < 0) return false;
            var age = clock.GetElapsedTime(At);
            return age < Pause || (age < Fresh && Served.Add(shard));
        }
    }
}
