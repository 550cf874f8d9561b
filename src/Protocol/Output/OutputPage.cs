namespace OpenClaw.Protocol.Output;

/// <summary>GET /tasks/{id}/output as JSON: chunks of one attempt in the order of printing, from a sequence on.</summary>
public sealed record OutputPage
{
    /// <summary>Attempt that printed them; 0: none has begun.</summary>
    public required int Attempt { get; init; }
    /// <summary>The chunks; the numbers of those that were cut are missing.</summary>
    public required PrintedChunk[] Chunks { get; init; }
    /// <summary>Go on from here.</summary>
    public required long NextSequence { get; init; }
    /// <summary>True: there is no more than this page holds, and nothing will come.</summary>
    public required bool Ended { get; init; }
}

/// <summary>Bytes a process printed to one stream.</summary>
public sealed record PrintedChunk
{
    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public required string Stream { get; init; }
    /// <summary>0-based, over both streams.</summary>
    public required long Sequence { get; init; }
    /// <summary>Bytes of this stream before it.</summary>
    public required long Offset { get; init; }
    /// <summary>When the first of the bytes was printed, ms since the attempt began; absent from an older worker.</summary>
    public long? Elapsed { get; init; }
    /// <summary>When the server had it, ms since 1970.</summary>
    public required long At { get; init; }
    /// <summary>The bytes, base64.</summary>
    public required byte[] Data { get; init; }
    /// <summary>The bytes read as UTF-8; a character that lies across two chunks is replaced in it.</summary>
    public required string Text { get; init; }
}
