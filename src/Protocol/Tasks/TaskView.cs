using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.Protocol.Webhooks;

namespace OpenClaw.Protocol.Tasks;

/// <summary>What a program said with a line <c>::progress {"percent":40,"message":"..."}</c>.</summary>
public sealed record TaskProgress(double? Percent, string? Message);

/// <summary>
/// A task as a client sees it. While it is not done, <see cref="Status"/> is <c>pending</c> or <c>running</c>; a done one
/// always has stdout, stderr, exitCode, error and completedAt, as existing clients expect.
/// </summary>
public sealed record TaskView
{
    /// <summary>Its id.</summary>
    public required string TaskId { get; init; }
    /// <summary>pending, running, or the name of the end.</summary>
    public required string Status { get; init; }
    /// <summary>A sentence, while it is not done.</summary>
    public string? Message { get; init; }
    /// <summary>How far it is, as its program said last, while it runs.</summary>
    public TaskProgress? Progress { get; init; }
    /// <summary>Why it does not run, one sentence, while it is queued.</summary>
    public string? Why { get; init; }
    /// <summary>Kept stdout; null while it is not done.</summary>
    [JsonConverter(typeof(LongTextConverter))] public string? Stdout { get; init; }
    /// <summary>Kept stderr; null while it is not done.</summary>
    [JsonConverter(typeof(LongTextConverter))] public string? Stderr { get; init; }
    /// <summary>Exit code; -1 when it ended without one; null while it is not done.</summary>
    public int? ExitCode { get; init; }
    /// <summary>Why it did not succeed, a sentence. Always written: existing clients read it as null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Error { get; init; }
    /// <summary>End, ms since 1970.</summary>
    public long? CompletedAt { get; init; }
    /// <summary>The executor's own facts.</summary>
    public JsonElement? Metadata { get; init; }
    /// <summary>Bytes printed to stdout, kept or not.</summary>
    public long? StdoutBytes { get; init; }
    /// <summary>Bytes printed to stderr, kept or not.</summary>
    public long? StderrBytes { get; init; }
    /// <summary>Some of the output is not in the answer.</summary>
    public bool? Truncated { get; init; }
    /// <summary>Signal that ended it.</summary>
    public string? Signal { get; init; }
    /// <summary>Run time, ms, by the worker's clock.</summary>
    public long? DurationMs { get; init; }
    /// <summary>State proper: queued, offered, awaiting_approval, running, or the end.</summary>
    public required string State { get; init; }
    /// <summary>Why it is in this state, a word.</summary>
    public string? Reason { get; init; }
    /// <summary>Kind.</summary>
    public required string Kind { get; init; }
    /// <summary>Worker that runs or ran it.</summary>
    public string? Worker { get; init; }
    /// <summary>Labels required, without the implicit ones.</summary>
    public string[]? Labels { get; init; }
    /// <summary>Priority.</summary>
    public int Priority { get; init; }
    /// <summary>Latest attempt, 1-based; 0 before the first start.</summary>
    public int Attempt { get; init; }
    /// <summary>Attempts that may fail.</summary>
    public int MaxAttempts { get; init; }
    /// <summary>Run time allowed, ms.</summary>
    public long TimeoutMs { get; init; }
    /// <summary>A cancel waits for the worker.</summary>
    public bool CancelRequested { get; init; }
    /// <summary>The worker has not been heard of for its lease.</summary>
    public bool WorkerUnreachable { get; init; }
    /// <summary>Conversation it is a turn of.</summary>
    public string? SessionId { get; init; }
    /// <summary>The client's pairs.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
    /// <summary>Only grows.</summary>
    public long Version { get; init; }
    /// <summary>Acceptance, ms since 1970.</summary>
    public long CreatedAt { get; init; }
    /// <summary>Start of the latest attempt, ms since 1970.</summary>
    public long? StartedAt { get; init; }
    /// <summary>A true result that came after the end.</summary>
    public LateResultView? LateResult { get; init; }
    /// <summary>The human's yes it waits for.</summary>
    public ApprovalView? Approval { get; init; }
    /// <summary>URL that is told of the end; without path and query for a token that sees no payloads.</summary>
    public string? CallbackUrl { get; init; }
    /// <summary>How far that is, once it has ended; not in lists.</summary>
    public CallbackView? Callback { get; init; }
}

/// <summary>
/// A result that came after the end. Its output is all that the attempt printed: what the task shows as its own, which stays as it was at
/// the end, and what came later.
/// </summary>
public sealed record LateResultView(string Outcome, int? ExitCode, string? Error)
{
    /// <summary>Why it ended so, a word.</summary>
    public string? Reason { get; init; }
    /// <summary>Kept stdout; not in lists.</summary>
    [JsonConverter(typeof(LongTextConverter))] public string? Stdout { get; init; }
    /// <summary>Kept stderr; not in lists.</summary>
    [JsonConverter(typeof(LongTextConverter))] public string? Stderr { get; init; }
    /// <summary>Bytes printed to stdout, kept or not.</summary>
    public long? StdoutBytes { get; init; }
    /// <summary>Bytes printed to stderr, kept or not.</summary>
    public long? StderrBytes { get; init; }
    /// <summary>Some of the output is not in the answer.</summary>
    public bool? Truncated { get; init; }
}

/// <summary>A page of tasks, newest first, without output.</summary>
public sealed record TaskListView(TaskView[] Tasks, string? NextCursor = null);
