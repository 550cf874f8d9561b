using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>Tokens as Codex counts them; those from a cache are among the input.</summary>
internal readonly record struct CodexTokens(long Input, long CacheRead, long Output)
{
    public static CodexTokens FromUsage(JsonElement usage) => new(
        JsonLine.ReadNumber(usage, "input_tokens") ?? 0,
        JsonLine.ReadNumber(usage, "cached_input_tokens") ?? 0,
        JsonLine.ReadNumber(usage, "output_tokens") ?? 0);

    public static CodexTokens operator -(CodexTokens one, CodexTokens other) =>
        new(one.Input - other.Input, one.CacheRead - other.CacheRead, one.Output - other.Output);

    public JsonObject ToJson() => new() { ["inputTokens"] = Input, ["outputTokens"] = Output, ["cacheReadInputTokens"] = CacheRead };
}
