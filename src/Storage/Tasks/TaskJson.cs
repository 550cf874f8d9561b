using System.Text.Json;
using System.Text.Json.Serialization;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Storage.Tasks;

/// <summary>
/// JSON of the few parts of a row that no query looks into; nothing for null. Properties are stored by their names in C#, enums by their
/// numbers: one that is renamed, or gets another number, is lost in the rows that are there.
/// </summary>
internal static class TaskJson
{
    public static byte[]? Write(ApprovalWait? wait) =>
        wait is null ? null : JsonSerializer.SerializeToUtf8Bytes(wait, TaskJsonContext.Default.ApprovalWait);

    public static byte[]? Write(AttemptOutcome? outcome) =>
        outcome is null ? null : JsonSerializer.SerializeToUtf8Bytes(outcome, TaskJsonContext.Default.AttemptOutcome);

    public static byte[]? Write(IReadOnlyDictionary<string, string>? tags) =>
        tags is null ? null : JsonSerializer.SerializeToUtf8Bytes(tags, TaskJsonContext.Default.IReadOnlyDictionaryStringString);

    /// <summary>
    /// What a row waits for; null when it does not. Code that does not know of approvals leaves one behind when it goes on with the
    /// task: then the attempt is another, or the state.
    /// </summary>
    public static ApprovalWait? ReadApproval(TaskState state, int attempt, ReadOnlySpan<byte> json)
    {
        if (state != TaskState.Queued || json.IsEmpty) return null;
        var wait = JsonSerializer.Deserialize(json, TaskJsonContext.Default.ApprovalWait);
        return wait?.Attempt == attempt + 1 ? wait : null;
    }

    public static AttemptOutcome? ReadOutcome(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? null : JsonSerializer.Deserialize(json, TaskJsonContext.Default.AttemptOutcome);

    public static IReadOnlyDictionary<string, string>? ReadTags(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? null : JsonSerializer.Deserialize(json, TaskJsonContext.Default.IReadOnlyDictionaryStringString);
}

/// <summary>What the source generator writes serializers for.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AttemptOutcome))]
[JsonSerializable(typeof(ApprovalWait))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class TaskJsonContext : JsonSerializerContext;
