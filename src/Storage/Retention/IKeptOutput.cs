namespace OpenClaw.Storage.Retention;

/// <summary>A task that has ended, and how much output of it is kept.</summary>
/// <param name="Number">Of its row.</param>
/// <param name="EndedAt">When.</param>
/// <param name="Bytes">Of all its attempts.</param>
internal readonly record struct EndedTask(long Number, DateTimeOffset EndedAt, long Bytes);

/// <summary>The output of tasks that have ended.</summary>
internal interface IKeptOutput
{
    /// <summary>Those that ended at a moment or later, in that order, up to a number.</summary>
    ValueTask<IReadOnlyList<EndedTask>> Ended(DateTimeOffset from, int limit, CancellationToken cancellation);

    /// <summary>Free space on the disk of the store, bytes; null: it is not this machine's.</summary>
    long? FreeSpace { get; }

    /// <summary>Drops the output of these. Row, counts and audit of each stay: its output reads as cut.</summary>
    ValueTask<int> Drop(IReadOnlyList<long> numbers, CancellationToken cancellation);
}
