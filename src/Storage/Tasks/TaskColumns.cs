using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>What is the same for a task's row in every database.</summary>
internal static class TaskColumns
{
    /// <summary>The columns, in the order both readers of rows count them. The payload is last: lists leave it out.</summary>
    public const string Row =
        "t.id, t.version, t.state, t.tenant, t.pool, t.kind, t.requires, t.priority, t.created_at, t.concurrency_key, t.session, "
        + "t.attempt, t.failed_attempts, t.cancel_requested, t.epoch, t.worker, t.reason, t.not_before, t.started_at, t.ended_at, "
        + "t.wake_at, t.outcome, t.late_result, s.start_within, s.timeout, s.silence, s.kill_grace, s.max_attempts, "
        + "s.request_digest, s.trace_parent, s.tags, t.start_ticket";

    /// <summary>Index of the payload when it is selected after <see cref="Row"/>.</summary>
    public const int Payload = 32;

    /// <summary>Every state a row can be in.</summary>
    public static readonly TaskState[] StoredStates =
    [
        TaskState.Queued, TaskState.Running, TaskState.Succeeded, TaskState.Failed, TaskState.Cancelled,
        TaskState.TimedOut, TaskState.Expired, TaskState.Rejected, TaskState.Lost,
    ];

    /// <summary>The state a row may hold: an offer lives in memory only.</summary>
    public static TaskState Stored(TaskState state) => state == TaskState.Offered ? TaskState.Queued : state;

    public static byte[]? Json(AttemptOutcome? outcome) =>
        outcome is null ? null : JsonSerializer.SerializeToUtf8Bytes(outcome, TaskColumnsJson.Default.AttemptOutcome);

    public static byte[]? Json(IReadOnlyDictionary<string, string>? tags) =>
        tags is null ? null : JsonSerializer.SerializeToUtf8Bytes(tags, TaskColumnsJson.Default.IReadOnlyDictionaryStringString);

    public static AttemptOutcome? Outcome(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, TaskColumnsJson.Default.AttemptOutcome);

    public static IReadOnlyDictionary<string, string>? Tags(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, TaskColumnsJson.Default.IReadOnlyDictionaryStringString);
}

/// <summary>JSON of the few parts of a row that no query looks into.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AttemptOutcome))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class TaskColumnsJson : JsonSerializerContext;
