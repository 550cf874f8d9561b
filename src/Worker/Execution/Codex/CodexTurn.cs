using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>Reads what <c>codex exec --json</c> prints: threads, turns and items. The answer is its last message.</summary>
internal sealed class CodexTurn : ITurnReader
{
    private string? thread, message, failure;
    private JsonObject? usage;
    private bool ended;
    private int tools;

    public IEnumerable<TurnEvent> Line(ReadOnlyMemory<byte> line)
    {
        if (JsonLine.Object(line) is not { } said) return [];
        switch (JsonLine.Text(said, "type"))
        {
            case "thread.started":
                thread = JsonLine.Text(said, "thread_id");
                return thread is null ? [] : [new TurnEvent.Began(thread)];
            case "item.started" or "item.completed" when JsonLine.Member(said, "item") is { } item:
                return Item(item, JsonLine.Text(said, "type") == "item.completed");
            case "error":
                failure = JsonLine.Text(said, "message");
                return [new TurnEvent.Note(failure ?? "an error")];
            case "turn.completed":
                (ended, usage) = (true, Usage(said));
                return [TurnEvent.Alive.Instance];
            case "turn.failed":
                var told = JsonLine.Member(said, "error") is { } error ? JsonLine.Text(error, "message") : null;
                (ended, message, failure) = (true, null, told ?? failure ?? "the turn failed");
                return [TurnEvent.Alive.Instance];
            default:
                return [];
        }
    }

    public TurnAnswer? Answer()
    {
        if (!ended && failure is null) return null;
        var facts = new JsonObject { ["agentSessionId"] = thread, ["tools"] = tools };
        if (usage is not null) facts["usage"] = usage.DeepClone();
        return message is not null && usage is not null
            ? new TurnAnswer { Text = message, Facts = facts }
            : new TurnAnswer { Text = failure ?? "Codex said nothing", Reason = Reason(failure), Facts = facts };
    }

    private IEnumerable<TurnEvent> Item(JsonElement item, bool completed)
    {
        switch (JsonLine.Text(item, "type"))
        {
            case "agent_message" when completed:
                message = JsonLine.Text(item, "text") ?? "";
                return [new TurnEvent.Text(message.EndsWith('\n') ? message : message + "\n")];
            case "error" when completed:
                // Said before it asks the model for anything: no sign of life.
                return [];
            case "reasoning" or "agent_message" or "todo_list":
                return [TurnEvent.Alive.Instance];
            case { } kind when !completed:
                tools++;
                var what = JsonLine.Text(item, "command") ?? JsonLine.Text(item, "query") ?? JsonLine.Text(item, "tool");
                return [new TurnEvent.Tool(kind, what ?? "")];
            case "file_change":
                tools++;
                return [new TurnEvent.Tool("file_change", item.TryGetProperty("changes", out var changes) ? changes.GetRawText() : "")];
            default:
                return [TurnEvent.Alive.Instance];
        }
    }

    private static JsonObject? Usage(JsonElement said) => JsonLine.Member(said, "usage") is not { } usage ? null : new JsonObject
    {
        ["inputTokens"] = JsonLine.Number(usage, "input_tokens"),
        ["outputTokens"] = JsonLine.Number(usage, "output_tokens"),
        ["cacheReadInputTokens"] = JsonLine.Number(usage, "cached_input_tokens"),
    };

    private static string Reason(string? failure) =>
        failure is not null && (failure.Contains("high demand", StringComparison.OrdinalIgnoreCase)
            || failure.Contains("overloaded", StringComparison.OrdinalIgnoreCase)) ? "overloaded"
        : failure is not null && failure.Contains("401", StringComparison.Ordinal) ? "not-logged-in"
        : "codex-error";
}
