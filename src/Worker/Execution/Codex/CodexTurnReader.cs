using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>
/// Reads what <c>codex exec --json</c> prints: threads, turns and items. The answer is its last message, unless a tool came after it.
/// What a turn used is in <see cref="CodexRollout"/>: the stream has the sums of the whole thread.
/// </summary>
internal sealed class CodexTurnReader : ITurnReader
{
    private string? thread, message, failure;
    private CodexTokens? threadTokens;
    private bool ended, tooLong;
    private int tools;

    public IEnumerable<TurnEvent> ReadLine(ReadOnlyMemory<byte> bytes)
    {
        if (JsonLine.ParseObject(bytes) is not { } line) return [];
        switch (JsonLine.ReadString(line, "type"))
        {
            case "thread.started":
                thread = JsonLine.ReadString(line, "thread_id");
                return thread is null ? [] : [new TurnEvent.SessionBegan(thread)];
            case "item.started" or "item.completed" when JsonLine.ReadObject(line, "item") is { } item:
                return ReadItem(item, JsonLine.ReadString(line, "type") == "item.completed");
            case "error":
                var error = CodexErrorReader.ReadMessage(JsonLine.ReadString(line, "message") ?? "an error");
                failure = error.Sentence;
                return [new TurnEvent.ApiError(error, error.Sentence)];
            case "turn.completed":
                (ended, failure) = (true, tooLong ? $"its answer is a line of more than {TurnOutput.MaxLine} bytes" : null);
                threadTokens = JsonLine.ReadObject(line, "usage") is { } usage ? CodexTokens.FromUsage(usage) : null;
                return [TurnEvent.ModelAlive.Instance, TurnEvent.Ended.Instance];
            case "turn.failed":
                var reason = JsonLine.ReadObject(line, "error") is { } why ? JsonLine.ReadString(why, "message") : null;
                (ended, failure) = (true, reason ?? failure ?? "the turn failed");
                return [new TurnEvent.ApiError(CodexErrorReader.ReadMessage(failure), null), TurnEvent.Ended.Instance];
            default:
                return [];
        }
    }

    /// <summary>The beginning of a line says what it was: an answer that was not read is no empty one.</summary>
    public void SkipLine(ReadOnlySpan<byte> start)
    {
        if (start.IndexOf("\"type\":\"agent_message\""u8) < 0) return;
        (message, tooLong) = (null, true);
    }

    public TurnAnswer GetAnswer() => new()
    {
        Text = ended && failure is null ? message ?? "" : "",
        Ended = ended,
        Error = failure,
        Facts = CreateFacts(),
    };

    private JsonObject CreateFacts()
    {
        var facts = new JsonObject { ["agentSessionId"] = thread, ["tools"] = tools };
        if (threadTokens is { } all) facts[CodexRollout.SessionUsage] = all.ToJson();
        return facts;
    }

    private IEnumerable<TurnEvent> ReadItem(JsonElement item, bool completed)
    {
        switch (JsonLine.ReadString(item, "type"))
        {
            case "agent_message" when completed:
                (message, tooLong) = (JsonLine.ReadString(item, "text") ?? "", false);
                return [new TurnEvent.Text(message.EndsWith('\n') ? message : message + "\n")];
            case "error" when completed:
                // Printed before it asks the model for anything, so it is no sign that the model is alive.
                return [];
            case "reasoning" or "agent_message" or "todo_list":
                return [TurnEvent.ModelAlive.Instance];
            case { } kind when !completed:
                CountTool();
                var what = JsonLine.ReadString(item, "command") ?? JsonLine.ReadString(item, "query") ?? JsonLine.ReadString(item, "tool");
                return [new TurnEvent.Tool(kind, what ?? "")];
            case "file_change":
                CountTool();
                return [new TurnEvent.Tool("file_change", item.TryGetProperty("changes", out var changes) ? changes.GetRawText() : "")];
            default:
                return [TurnEvent.ModelAlive.Instance];
        }
    }

    /// <summary>Words from before a tool are not the answer.</summary>
    private void CountTool()
    {
        tools++;
        (message, tooLong) = (null, false);
    }
}
