namespace OpenClaw.Storage.Output;

/// <summary>How much output of one attempt is kept. In bytes; whole chunks are dropped from the middle.</summary>
public sealed record OutputLimits
{
    /// <summary>Kept from the beginning.</summary>
    public long Head { get; init; } = 5L << 20;

    /// <summary>Kept from the end.</summary>
    public long Tail { get; init; } = 5L << 20;
}
