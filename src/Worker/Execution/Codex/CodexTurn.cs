using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Codex;

/// <summary>
/// Reads what <c>codex exec --json</c> prints: threads, turns and items. The answer is its last message, unless a tool came after it.
/// What a turn used is in <see cref="CodexRollout"/>: the stream has the sums of the whole thread.
/// </summary>
internal sealed class CodexTurn : ITurnReader
{
    private string? thread, message, failure;
    private CodexTokens? threadTokens;
    private bool ended, tooLong;
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
                var error = CodexTrouble.ReadMessage(JsonLine.Text(said, "message") ?? "an error");
                failure = error.Sentence;
                return [new TurnEvent.Trouble(error, error.Sentence)];
            case "turn.completed":
                (ended, failure) = (true, tooLong ? $"its answer is a line of more than {TurnOutput.MaxLine} bytes" : null);
                threadTokens = JsonLine.Member(said, "usage") is { } usage ? CodexTokens.Read(usage) : null;
                return [TurnEvent.Alive.Instance, TurnEvent.Over.Instance];
            case "turn.failed":
                var told = JsonLine.Member(said, "error") is { } why ? JsonLine.Text(why, "message") : null;
                (ended, failure) = (true, told ?? failure ?? "the turn failed");
                return [new TurnEvent.Trouble(CodexTrouble.ReadMessage(failure), null), TurnEvent.Over.Instance];
            default:
                return [];
        }
    }

    /// <summary>The beginning of a line says what it was: an answer that was not read is no empty one.</summary>
    public void Skipped(ReadOnlySpan<byte> start)
    {
        if (start.IndexOf("\"type\":\"agent_message\""u8) < 0) return;
        (message, tooLong) = (null, true);
    }

    public TurnAnswer Answer() => new()
    {
        Text = ended && failure is null ? message ?? "" : "",
        Ended = ended,
        Error = failure,
        Facts = Facts(),
    };

    private JsonObject Facts()
    {
        var facts = new JsonObject { ["agentSessionId"] = thread, ["tools"] = tools };
        if (threadTokens is { } all) facts[CodexRollout.SessionUsage] = all.ToJson();
        return facts;
    }

    private IEnumerable<TurnEvent> Item(JsonElement item, bool completed)
    {
        switch (JsonLine.Text(item, "type"))
        {
            case "agent_message" when completed:
                (message, tooLong) = (JsonLine.Text(item, "text") ?? "", false);
                return [new TurnEvent.Text(message.EndsWith('\n') ? message : message + "\n")];
            case "error" when completed:
                // Said before it asks the model for anything: no sign of life.
                return [];
            case "reasoning" or "agent_message" or "todo_list":
                return [TurnEvent.Alive.Instance];
            case { } kind when !completed:
                Used();
                var what = JsonLine.Text(item, "command") ?? JsonLine.Text(item, "query") ?? JsonLine.Text(item, "tool");
                return [new TurnEvent.Tool(kind, what ?? "")];
            case "file_change":
                Used();
                return [new TurnEvent.Tool("file_change", item.TryGetProperty("changes", out var changes) ? changes.GetRawText() : "")];
            default:
                return [TurnEvent.Alive.Instance];
        }
    }

    /// <summary>Words from before a tool are not the answer.</summary>
    private void Used()
    {
        tools++;
        (message, tooLong) = (null, false);
    }
}
