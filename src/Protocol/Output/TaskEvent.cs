namespace OpenClaw.Protocol.Output;

/// <summary>Data of an event <c>state</c> of GET /tasks/{id}/events: one transition.</summary>
public sealed record StateEvent
{
    /// <summary>Version of the task it made.</summary>
    public required long Version { get; init; }
    /// <summary>When, ms since 1970.</summary>
    public required long At { get; init; }
    /// <summary>What happened.</summary>
    public required string Trigger { get; init; }
    /// <summary>State after it.</summary>
    public required string State { get; init; }
    /// <summary>Attempt it was about; 0: none.</summary>
    public required int Attempt { get; init; }
    /// <summary>Why, a word.</summary>
    public string? Reason { get; init; }
    /// <summary>Worker it was about.</summary>
    public string? Worker { get; init; }
}

/// <summary>
/// Data of an event <c>output</c>. The bytes are in <see cref="Data"/>; <see cref="Text"/> is for people: a character that lies across
/// two chunks is replaced in it.
/// </summary>
public sealed record OutputEvent
{
    /// <summary>Attempt that printed it.</summary>
    public required int Attempt { get; init; }
    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public required string Stream { get; init; }
    /// <summary>Bytes of this stream before this chunk; more than were sent: some were cut.</summary>
    public required long Offset { get; init; }
    /// <summary>When the first of the bytes was printed, ms since the attempt began; absent from an older worker.</summary>
    public long? Elapsed { get; init; }
    /// <summary>The bytes, base64.</summary>
    public required byte[] Data { get; init; }
    /// <summary>The bytes read as UTF-8.</summary>
    public required string Text { get; init; }
}
