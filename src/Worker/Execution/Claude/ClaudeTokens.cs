using System.Text.Json.Nodes;

namespace OpenClaw.Worker.Execution.Claude;

internal readonly record struct ClaudeTokens(long Input, long Output, long CacheRead, long CacheCreation)
{
    public static ClaudeTokens FromUsage(ClaudeUsage used) =>
        new(used.InputTokens ?? 0, used.OutputTokens ?? 0, used.CacheReadInputTokens ?? 0, used.CacheCreationInputTokens ?? 0);

    public static ClaudeTokens FromUsage(ClaudeModelUsage used) =>
        new(used.InputTokens, used.OutputTokens, used.CacheReadInputTokens, used.CacheCreationInputTokens);

    public static ClaudeTokens operator +(ClaudeTokens one, ClaudeTokens other) => new(
        one.Input + other.Input, one.Output + other.Output, one.CacheRead + other.CacheRead, one.CacheCreation + other.CacheCreation);

    /// <summary>Counts that are newer; what they do not have is as it was.</summary>
    public ClaudeTokens UpdatedBy(ClaudeTokens newer) => new(
        ChooseNewer(Input, newer.Input),
        ChooseNewer(Output, newer.Output),
        ChooseNewer(CacheRead, newer.CacheRead),
        ChooseNewer(CacheCreation, newer.CacheCreation));

    public JsonObject ToJson() => new()
    {
        ["inputTokens"] = Input,
        ["outputTokens"] = Output,
        ["cacheReadInputTokens"] = CacheRead,
        ["cacheCreationInputTokens"] = CacheCreation,
    };

    private static long ChooseNewer(long before, long now) => now > 0 ? now : before;
}
