using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>A line of <c>claude -p --output-format stream-json</c>, as far as it is used here. Newer versions may say more.</summary>
internal sealed record ClaudeOutput
{
    public string? Type { get; init; }
    public string? Subtype { get; init; }
    public string? ParentToolUseId { get; init; }
    public ClaudeStreamEvent? Event { get; init; }
    public ClaudeMessage? Message { get; init; }
    public string? Error { get; init; }
    public int? Attempt { get; init; }
    public int? MaxRetries { get; init; }
    public int? ErrorStatus { get; init; }
    public double? RetryDelayMs { get; init; }
    public bool IsApiErrorMessage { get; init; }
    public string? ApiError { get; init; }
    public ClaudeTask[]? Tasks { get; init; }
    public string? Content { get; init; }
    public bool IsError { get; init; }
    public int? ApiErrorStatus { get; init; }
    public string? Result { get; init; }
    public string[]? Errors { get; init; }
    public string? SessionId { get; init; }
    public int? NumTurns { get; init; }
    public double? DurationMs { get; init; }
    public double? TotalCostUsd { get; init; }
    public ClaudeUsage? Usage { get; init; }
    [JsonPropertyName("modelUsage")] public Dictionary<string, ClaudeModelUsage>? ModelUsage { get; init; }
    public Dictionary<string, ClaudeModelUsage>? ModelUsageSinceLastResult { get; init; }
    public ClaudeDenial[]? PermissionDenials { get; init; }
}

/// <summary>A piece of an answer while it is written.</summary>
internal sealed record ClaudeStreamEvent
{
    public string? Type { get; init; }
    public ClaudeDelta? Delta { get; init; }
    public ClaudeMessage? Message { get; init; }
    public ClaudeUsage? Usage { get; init; }
}

/// <summary>The new text in a stream event.</summary>
internal sealed record ClaudeDelta
{
    public string? Type { get; init; }
    public string? Text { get; init; }
}

/// <summary>A message; of a person's the content is sometimes a text.</summary>
internal sealed record ClaudeMessage
{
    public JsonElement Content { get; init; }
    public string? Model { get; init; }
    public ClaudeUsage? Usage { get; init; }

    public string? FirstText() => Content.ValueKind != JsonValueKind.Array ? null
        : Content.EnumerateArray().Select(part => Agents.SessionHead.ReadString(part, "text")).FirstOrDefault(text => text is not null);
}

/// <summary>A command that runs in the background.</summary>
internal sealed record ClaudeTask
{
    public string? TaskId { get; init; }
    public string? Description { get; init; }
}

/// <summary>Tokens of the turn.</summary>
internal sealed record ClaudeUsage
{
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }
    public long? CacheReadInputTokens { get; init; }
    public long? CacheCreationInputTokens { get; init; }
}

/// <summary>Tokens and dollars by model; camel case is the CLI's.</summary>
internal sealed record ClaudeModelUsage
{
    [JsonPropertyName("inputTokens")] public long InputTokens { get; init; }
    [JsonPropertyName("outputTokens")] public long OutputTokens { get; init; }
    [JsonPropertyName("cacheReadInputTokens")] public long CacheReadInputTokens { get; init; }
    [JsonPropertyName("cacheCreationInputTokens")] public long CacheCreationInputTokens { get; init; }
    [JsonPropertyName("costUSD")] public double CostUsd { get; init; }
}

/// <summary>A tool it was not allowed to use.</summary>
internal sealed record ClaudeDenial
{
    public string? ToolName { get; init; }
    public string? ToolUseId { get; init; }
    public JsonElement ToolInput { get; init; }
}

/// <summary>Source-generated JSON of the CLI's output.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 64)]
[JsonSerializable(typeof(ClaudeOutput))]
internal sealed partial class ClaudeJson : JsonSerializerContext;
