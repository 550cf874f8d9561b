using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>
/// The parts of one turn, added up. What the CLI says of cost and tokens is of the time since the part before; of a part that did not
/// come to its end only the tokens are known, from its messages.
/// </summary>
internal sealed class ClaudeTurnTotals
{
    private const int MostDenials = 20, LongestDenial = 300;
    private readonly List<string> answers = [];
    private readonly Dictionary<string, string> denials = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> written = new(StringComparer.Ordinal);
    private readonly ClaudeMessageTokens rounds = new();
    private ClaudeOutput? last;
    private ClaudeTokens? tokens;
    private double? cost, duration;
    private int? turns;
    private bool open;

    public void BeginPart() => open = true;

    /// <summary>A piece of a message of the model, or of a sub-agent's.</summary>
    public void CountPiece(string? subAgent, ClaudeStreamEvent piece)
    {
        open = true;
        rounds.CountPiece(subAgent ?? "", piece);
    }

    /// <summary>A part has ended; <paramref name="words"/> are the model's after its last tool.</summary>
    public void AddPart(ClaudeOutput part, string words)
    {
        AddCounts(part);
        foreach (var denial in part.PermissionDenials ?? [])
            denials.TryAdd(denial.ToolUseId ?? $"{denials.Count}", FormatDenial(denial));
        var answer = IsFailed(part) ? words : part.Result ?? words;
        if (answer.Length > 0) answers.Add(answer);
        rounds.Clear();
        (last, open) = (part, false);
    }

    /// <summary>The turn so far; <paramref name="background"/> is what still runs.</summary>
    public TurnAnswer ToAnswer(IReadOnlyList<string> background)
    {
        var denied = denials.Values.Take(MostDenials).ToArray();
        return new()
        {
            // As the CLI's own text output has several answers.
            Text = string.Join("\n\n", answers),
            Ended = last is not null && !open,
            Error = last is not null && IsFailed(last) ? DescribeError(last) : null,
            Reason = last?.Subtype switch { "error_max_turns" => "max-turns", "error_max_budget_usd" => "max-budget", _ => null },
            Facts = CreateFacts(denied),
            Denied = denied,
            Background = background,
        };
    }

    private void AddCounts(ClaudeOutput part)
    {
        var own = part.ModelUsageSinceLastResult;
        // Older versions have only the session's sum, which tells at least who wrote most.
        foreach (var (model, used) in own ?? part.ModelUsage ?? [])
            written[model] = used.OutputTokens + (own is null ? 0 : written.GetValueOrDefault(model));
        if (own is not null) tokens = own.Values.Aggregate(tokens ?? default, (sum, used) => sum + ClaudeTokens.FromUsage(used));
        else if (part.Usage is { } usage) tokens = (tokens ?? default) + ClaudeTokens.FromUsage(usage);
        cost = AddOptional(cost, own?.Values.Sum(used => used.CostUsd) ?? part.TotalCostUsd - (last?.TotalCostUsd ?? 0));
        duration = AddOptional(duration, part.DurationMs);
        turns = part.NumTurns is { } rounds ? (turns ?? 0) + rounds : turns;
    }

    private JsonObject CreateFacts(string[] denied)
    {
        var cut = open && rounds.Turns > 0;
        var used = cut ? (tokens ?? default) + rounds.Tokens : tokens;
        var facts = new JsonObject
        {
            // Sums of what is written with few digits.
            ["costUsd"] = cost is { } costs ? Math.Round(costs, 9) : null,
            ["sessionCostUsd"] = last?.TotalCostUsd,
            ["durationMs"] = duration,
            ["turns"] = cut ? (turns ?? 0) + rounds.Turns : turns,
            // Several when sub-agents have their own: the one that wrote most.
            ["model"] = written.Count > 0 ? written.MaxBy(model => model.Value).Key : rounds.Model,
        };
        if (used is { } counted) facts["usage"] = counted.ToJson();
        if (cut) facts["incomplete"] = true;
        if (last?.ApiErrorStatus is { } status) facts["apiErrorStatus"] = status;
        if (denied.Length > 0) facts["permissionDenials"] = new JsonArray([.. denied.Select(line => (JsonNode)line)]);
        return facts;
    }

    private static bool IsFailed(ClaudeOutput part) => part.IsError || part.Subtype != "success";

    private static string DescribeError(ClaudeOutput part) =>
        part.Result ?? (part.Errors is { Length: > 0 } errors ? string.Join("; ", errors) : part.Subtype ?? "");

    private static double? AddOptional(double? one, double? other) => one is null && other is null ? null : (one ?? 0) + (other ?? 0);

    private static string FormatDenial(ClaudeDenial denial)
    {
        var input = denial.ToolInput.ValueKind == System.Text.Json.JsonValueKind.Object ? denial.ToolInput.GetRawText() : "";
        if (input.Length > LongestDenial) input = input[..LongestDenial] + "...";
        return $"{denial.ToolName} {input}".TrimEnd();
    }
}
