namespace OpenClaw.Storage.Retention;

/// <summary>A task that has ended, and how much of it is kept beside its row.</summary>
/// <param name="Number">Of its row.</param>
/// <param name="EndedAt">When.</param>
/// <param name="Bytes">Of the output of all its attempts, and of its payload where that is no small one.</param>
internal readonly record struct EndedTask(long Number, DateTimeOffset EndedAt, long Bytes);

/// <summary>The output and the payloads of tasks that have ended.</summary>
internal interface IKeptOutput
{
    /// <summary>Bytes up to which a payload is part of its row: neither counted nor dropped. That of a command is some hundred.</summary>
    public const int SmallPayload = 4096;

    /// <summary>Those that ended at a moment or later, in that order, up to a number.</summary>
    ValueTask<IReadOnlyList<EndedTask>> ReadEndedTasks(DateTimeOffset from, int limit, CancellationToken cancellation);

    /// <summary>Free space on the disk of the store, bytes; null: it is not this machine's.</summary>
    long? FreeSpace { get; }

    /// <summary>
    /// Drops output and payload of these. Row, counts and audit of each stay: its output reads as cut, and nobody asks for the payload of
    /// an ended task.
    /// </summary>
    ValueTask<int> DeleteOutput(IReadOnlyList<long> numbers, CancellationToken cancellation);
}
