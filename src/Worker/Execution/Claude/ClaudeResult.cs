using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>The answer in the CLI's line of type <c>result</c>.</summary>
internal static class ClaudeResult
{
    private const int MostDenials = 20, LongestDenial = 300;

    public static TurnAnswer Of(ClaudeOutput output) => new()
    {
        Text = output.Result ?? (output.Errors is { Length: > 0 } errors ? string.Join("; ", errors) : output.Subtype ?? ""),
        Reason = (output.IsError || output.Subtype != "success", output.ApiErrorStatus, output.Subtype) switch
        {
            (false, _, _) => null,
            (_, 529, _) => "overloaded",
            (_, 401 or 403, _) => "not-logged-in",
            (_, 429, _) => "rate-limited",
            (_, _, "error_max_turns") => "max-turns",
            (_, _, "error_max_budget_usd") => "max-budget",
            _ => "claude-error",
        },
        Facts = FactsOf(output),
        Denied = [.. (output.PermissionDenials ?? []).Take(MostDenials).Select(Line)],
    };

    private static JsonObject FactsOf(ClaudeOutput output)
    {
        // Of this turn; the totals of a resumed session are those of all its turns.
        var own = output.ModelUsageSinceLastResult ?? [];
        var facts = new JsonObject
        {
            ["sessionId"] = output.SessionId,
            ["costUsd"] = own.Count > 0 ? own.Values.Sum(model => model.CostUsd) : output.TotalCostUsd,
            ["sessionCostUsd"] = output.TotalCostUsd,
            ["durationMs"] = output.DurationMs,
            ["turns"] = output.NumTurns,
            // Several when sub-agents have their own: the one that wrote most.
            ["model"] = (own.Count > 0 ? own : output.ModelUsage)?.OrderByDescending(used => used.Value.OutputTokens).FirstOrDefault().Key,
        };
        if (Usage(output, own.Values) is { } usage) facts["usage"] = usage;
        if (output.ApiErrorStatus is { } status) facts["apiErrorStatus"] = status;
        if (output.PermissionDenials is { Length: > 0 } denials)
            facts["permissionDenials"] = new JsonArray([.. denials.Take(MostDenials).Select(denial => (JsonNode)Line(denial))]);
        return facts;
    }

    private static JsonObject? Usage(ClaudeOutput output, IReadOnlyCollection<ClaudeModelUsage> own)
    {
        if (own.Count == 0 && output.Usage is null) return null;
        var all = own.Count > 0 ? own : [.. new[] { output.Usage! }.Select(Model)];
        return new JsonObject
        {
            ["inputTokens"] = all.Sum(model => model.InputTokens),
            ["outputTokens"] = all.Sum(model => model.OutputTokens),
            ["cacheReadInputTokens"] = all.Sum(model => model.CacheReadInputTokens),
            ["cacheCreationInputTokens"] = all.Sum(model => model.CacheCreationInputTokens),
        };
    }

    private static ClaudeModelUsage Model(ClaudeUsage usage) => new()
    {
        InputTokens = usage.InputTokens,
        OutputTokens = usage.OutputTokens,
        CacheReadInputTokens = usage.CacheReadInputTokens,
        CacheCreationInputTokens = usage.CacheCreationInputTokens,
    };

    private static string Line(ClaudeDenial denial)
    {
        var input = denial.ToolInput.ValueKind == JsonValueKind.Object ? denial.ToolInput.GetRawText() : "";
        if (input.Length > LongestDenial) input = input[..LongestDenial] + "...";
        return $"{denial.ToolName} {input}".TrimEnd();
    }
}
