using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>A turn as the CLI reported it.</summary>
internal sealed record ClaudeAnswer
{
    private const int MostDenials = 20, LongestDenial = 300;

    /// <summary>The answer's text, or the sentence of an error.</summary>
    public required string Text { get; init; }

    /// <summary>A word when the turn failed, else null.</summary>
    public string? Reason { get; init; }

    /// <summary>Session, cost, time, turns, tokens, model.</summary>
    public required JsonObject Facts { get; init; }

    /// <summary>A line for each tool use that was denied.</summary>
    public IReadOnlyList<string> Denied { get; init; } = [];

    /// <summary>
    /// The answer in what the CLI printed; null when there is none. It is the last JSON object of type <c>result</c>: an update notice or
    /// a hook may print before it.
    /// </summary>
    public static ClaudeAnswer? Parse(ReadOnlySpan<byte> stdout)
    {
        if (TryRead(stdout) is { } whole) return Of(whole);
        while (stdout.Length > 0)
        {
            var line = stdout[(stdout.LastIndexOf((byte)'\n') + 1)..];
            if (TryRead(line) is { } output) return Of(output);
            stdout = stdout[..Math.Max(0, stdout.Length - line.Length - 1)];
        }
        return null;
    }

    private static ClaudeOutput? TryRead(ReadOnlySpan<byte> json)
    {
        if (json.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..]) return null;
        try
        {
            return JsonSerializer.Deserialize(json, ClaudeJson.Default.ClaudeOutput) is { Type: "result" } output ? output : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ClaudeAnswer Of(ClaudeOutput output) => new()
    {
        Text = output.Result ?? (output.Errors is { Length: > 0 } errors ? string.Join("; ", errors) : output.Subtype ?? ""),
        Reason = (output.IsError || output.Subtype != "success", output.ApiErrorStatus) switch
        {
            (false, _) => null,
            (_, 529) => "overloaded",
            (_, 401 or 403) => "not-logged-in",
            (_, 429) => "rate-limited",
            _ => "claude-error",
        },
        Facts = FactsOf(output),
        Denied = [.. (output.PermissionDenials ?? []).Take(MostDenials).Select(Line)],
    };

    private static JsonObject FactsOf(ClaudeOutput output)
    {
        var facts = new JsonObject
        {
            ["sessionId"] = output.SessionId,
            ["costUsd"] = output.TotalCostUsd,
            ["durationMs"] = output.DurationMs,
            ["turns"] = output.NumTurns,
            // Several when sub-agents have their own: the one that wrote most.
            ["model"] = output.ModelUsage?.OrderByDescending(model => model.Value.OutputTokens).FirstOrDefault().Key,
        };
        if (output.Usage is { } usage)
        {
            facts["usage"] = new JsonObject
            {
                ["inputTokens"] = usage.InputTokens,
                ["outputTokens"] = usage.OutputTokens,
                ["cacheReadInputTokens"] = usage.CacheReadInputTokens,
                ["cacheCreationInputTokens"] = usage.CacheCreationInputTokens,
            };
        }
        if (output.ApiErrorStatus is { } status) facts["apiErrorStatus"] = status;
        if (output.PermissionDenials is { Length: > 0 } denials)
            facts["permissionDenials"] = new JsonArray([.. denials.Take(MostDenials).Select(denial => (JsonNode)Line(denial))]);
        return facts;
    }

    private static string Line(ClaudeDenial denial)
    {
        var input = denial.ToolInput.ValueKind == JsonValueKind.Object ? denial.ToolInput.GetRawText() : "";
        if (input.Length > LongestDenial) input = input[..LongestDenial] + "...";
        return $"{denial.ToolName} {input}".TrimEnd();
    }
}
