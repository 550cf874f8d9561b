using System.Text.Json.Serialization;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>What <c>claude -p --output-format json</c> prints, as far as it is used here. Newer versions may say more.</summary>
internal sealed record ClaudeOutput
{
    public string? Type { get; init; }
    public string? Subtype { get; init; }
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
    public ClaudeDenial[]? PermissionDenials { get; init; }
}

/// <summary>Tokens of the turn.</summary>
internal sealed record ClaudeUsage
{
    public long InputTokens { get; init; }
    public long OutputTokens { get; init; }
    public long CacheReadInputTokens { get; init; }
    public long CacheCreationInputTokens { get; init; }
}

/// <summary>Tokens of the turn by model; camel case is the CLI's.</summary>
internal sealed record ClaudeModelUsage
{
    [JsonPropertyName("outputTokens")] public long OutputTokens { get; init; }
}

/// <summary>A tool it was not allowed to use.</summary>
internal sealed record ClaudeDenial
{
    public string? ToolName { get; init; }
    public System.Text.Json.JsonElement ToolInput { get; init; }
}

/// <summary>Source-generated JSON of the CLI's output.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 64)]
[JsonSerializable(typeof(ClaudeOutput))]
internal sealed partial class ClaudeJson : JsonSerializerContext;
