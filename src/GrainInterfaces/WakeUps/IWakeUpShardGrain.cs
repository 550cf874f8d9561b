namespace OpenClaw.GrainInterfaces.WakeUps;

/// <summary>
/// One of <see cref="WakeUpShards.Count"/> sweepers of overdue tasks, kept alive by one reminder each; key 0 to 63.
/// </summary>
[Alias("IDeadlineShardGrain")]
public interface IWakeUpShardGrain : IGrainWithIntegerKey
{
    /// <summary>Registers the reminder and the timer when they are not there yet.</summary>
    [Alias("EnsureRunning")]
    Task EnsureRunning();
}

/// <summary>How tasks are spread over the shards.</summary>
public static class WakeUpShards
{
    /// <summary>Number of shards. Fixed: it is part of the stored rows.</summary>
    public const int Count = 64;

    /// <summary>Shard of a task, from the random end of its id.</summary>
    public static int GetShard(Guid task)
    {
        Span<byte> bytes = stackalloc byte[16];
        task.TryWriteBytes(bytes);
        return bytes[15] % Count;
    }
}
