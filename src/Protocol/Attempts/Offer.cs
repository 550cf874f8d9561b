using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Protocol.Attempts;

/// <summary>A task offered to a worker. No permission to run: ask to start first.</summary>
public sealed record Offer
{
    /// <summary><c>taskId.attempt</c>; the id in the attempt routes.</summary>
    public required string AttemptId { get; init; }
    /// <summary>The task.</summary>
    public required string TaskId { get; init; }
    /// <summary>1-based number of the attempt.</summary>
    public required int Attempt { get; init; }
    /// <summary>Kind of task; names the executor.</summary>
    public required string Kind { get; init; }
    /// <summary>Payload of the kind; undefined when it is to be fetched.</summary>
    [JsonConverter(typeof(RawElementConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Payload { get; init; }
    /// <summary>Bytes of a payload that is to be fetched; null: it is here.</summary>
    public long? PayloadBytes { get; init; }
    /// <summary>Run time allowed, ms, from the start of the process.</summary>
    public required long Timeout { get; init; }
    /// <summary>Time between SIGTERM and SIGKILL, ms.</summary>
    public required long KillGrace { get; init; }
    /// <summary>Time it may print nothing, ms.</summary>
    public long? Silence { get; init; }
    /// <summary>
    /// True when another attempt may follow (maxAttempts above 1), or another task with its concurrencyKey: the worker ends it by its own
    /// clock once its lease ran out unrenewed, so that the two never overlap. False: it runs on while the server is away.
    /// </summary>
    public bool EndsWithLease { get; init; }
    /// <summary>W3C trace context of the submit.</summary>
    public string? Traceparent { get; init; }
    /// <summary>What the client signed, unopened: a <see cref="Signing.SignedTask"/>. Absent: nothing.</summary>
    [JsonConverter(typeof(RawElementConverter))] public JsonElement? Signed { get; init; }
}

/// <summary>POST /worker/attempts/{id}/payload: the payload of an offer that came without.</summary>
public sealed record FetchPayload(string Session);

/// <summary>200: the payload, whole.</summary>
public sealed record FetchedPayload(
    string AttemptId, string Session, [property: JsonConverter(typeof(RawElementConverter))] JsonElement Payload);

/// <summary>The body of POST /worker/attempts/{id}/start.</summary>
public sealed record StartAttempt(string Session);

/// <summary>200: the start is committed; spawn now. <see cref="Session"/> asked for it; absent from older servers.</summary>
public sealed record StartedAttempt(string AttemptId, int Attempt, string? Session = null);

/// <summary>POST /worker/attempts/{id}/output: chunks in order.</summary>
public sealed record AppendOutput(string Session, OutputChunk[] Chunks);

/// <summary>
/// Bytes a process printed. <see cref="Sequence"/> counts chunks from 0 over both streams of the attempt, <see cref="Offset"/>
/// counts bytes of its stream.
/// </summary>
public sealed record OutputChunk
{
    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public required string Stream { get; init; }
    /// <summary>0-based, over both streams.</summary>
    public required long Sequence { get; init; }
    /// <summary>Bytes of this stream before this chunk.</summary>
    public required long Offset { get; init; }
    /// <summary>When the first of the bytes was printed, ms since the attempt began; null from a worker that does not say.</summary>
    public long? Elapsed { get; init; }
    /// <summary>The bytes, base64 on the wire.</summary>
    public required byte[] Data { get; init; }
}

/// <summary>200 to output: <see cref="Next"/> is behind all that was sent. Older servers answer 204.</summary>
public sealed record OutputTaken(string AttemptId, string Session, NextOutput Next);

/// <summary>Where the output of an attempt goes on; also in the 409 to a chunk that does not join.</summary>
public sealed record NextOutput(long NextSequence, long StdoutOffset, long StderrOffset);

/// <summary>The body of POST /worker/attempts/{id}/result.</summary>
public sealed record AttemptResult
{
    /// <summary>The live session.</summary>
    public required string Session { get; init; }
    /// <summary>succeeded, failed, timed_out, cancelled, rejected or lost.</summary>
    public required string Outcome { get; init; }
    /// <summary>Exit code; null when a signal ended it or nothing ran.</summary>
    public int? ExitCode { get; init; }
    /// <summary><c>SIGKILL</c>.</summary>
    public string? Signal { get; init; }
    /// <summary>A sentence.</summary>
    public string? Error { get; init; }
    /// <summary>A word: <c>exit-code</c>, <c>could-not-start</c>, <c>timeout</c>, <c>silence</c>, <c>worker-restarted</c>.</summary>
    public string? Reason { get; init; }
    /// <summary>Run time, ms.</summary>
    public long? Duration { get; init; }
    /// <summary>Bytes printed to stdout in all.</summary>
    public long StdoutBytes { get; init; }
    /// <summary>Bytes printed to stderr in all.</summary>
    public long StderrBytes { get; init; }
    /// <summary>SHA-256 (hex) of all of stdout.</summary>
    public string? StdoutSha256 { get; init; }
    /// <summary>SHA-256 (hex) of all of stderr.</summary>
    public string? StderrSha256 { get; init; }
    /// <summary>The last chunks, so that a short task needs no separate output call.</summary>
    public OutputChunk[]? Output { get; init; }
    /// <summary>The executor's own facts, an object.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>
/// 200 to a result: <see cref="Fate"/> is recorded, duplicate or late. The spool may forget it. Attempt and session are absent from older
/// servers.
/// </summary>
public sealed record ResultTaken(string Fate, string State, string? AttemptId = null, string? Session = null);
