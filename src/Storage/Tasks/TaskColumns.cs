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
        + "s.request_digest, s.trace_parent, s.tags, t.start_ticket, t.approval";

    /// <summary>Index of the payload when it is selected after <see cref="Row"/>.</summary>
    public const int Payload = 33;

    /// <summary>
    /// What a row waits for; null when it does not. Code that does not know of approvals leaves one behind when it goes on with the
    /// task: then the attempt is another, or the state.
    /// </summary>
    public static ApprovalWait? ReadApproval(TaskState state, int attempt, ReadOnlySpan<byte> json)
    {
        if (state != TaskState.Queued || json.IsEmpty) return null;
        var wait = JsonSerializer.Deserialize(json, TaskColumnsJson.Default.ApprovalWait);
        return wait?.Attempt == attempt + 1 ? wait : null;
    }

    public static byte[]? ToJson(ApprovalWait? wait) =>
        wait is null ? null : JsonSerializer.SerializeToUtf8Bytes(wait, TaskColumnsJson.Default.ApprovalWait);

    public static byte[]? ToJson(AttemptOutcome? outcome) =>
        outcome is null ? null : JsonSerializer.SerializeToUtf8Bytes(outcome, TaskColumnsJson.Default.AttemptOutcome);

    public static byte[]? ToJson(IReadOnlyDictionary<string, string>? tags) =>
        tags is null ? null : JsonSerializer.SerializeToUtf8Bytes(tags, TaskColumnsJson.Default.IReadOnlyDictionaryStringString);

    public static AttemptOutcome? ReadOutcome(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, TaskColumnsJson.Default.AttemptOutcome);

    public static IReadOnlyDictionary<string, string>? ReadTags(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, TaskColumnsJson.Default.IReadOnlyDictionaryStringString);
}

/// <summary>JSON of the few parts of a row that no query looks into.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AttemptOutcome))]
[JsonSerializable(typeof(ApprovalWait))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class TaskColumnsJson : JsonSerializerContext;
