using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>What is the same for a task's row in every database.</summary>
internal static class TaskColumns
{
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
