using System.Text;
using System.Text.Json;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>
/// Reads what Claude Code prints in one turn. A command the model left in the background keeps the program alive and wakes the model again,
/// so there may be several lines of type <c>result</c>, each of the part since the one before: they are added up.
/// </summary>
internal sealed class ClaudeTurnReader : ITurnReader
{
    private readonly StringBuilder words = new();
    private readonly ClaudeTurnTotals sum = new();
    private bool streamed;
    // What runs in the background now, and what ran when the last part ended: when it is told to end it stops them first, and says so.
    private string[] background = [], left = [];

    public IEnumerable<TurnEvent> ReadLine(ReadOnlyMemory<byte> line)
    {
        // An update notice or a hook may print between.
        if (line.Span.TrimStart(" \t\r"u8) is not [(byte)'{', ..]) return [];
        try
        {
            return JsonSerializer.Deserialize(line.Span, ClaudeJson.Default.ClaudeOutput) is { } message ? ReadOutput(message) : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public TurnAnswer GetAnswer() => sum.ToAnswer(left);

    private IEnumerable<TurnEvent> ReadOutput(ClaudeOutput message) => message.Type switch
    {
        "stream_event" => ReadStreamEvent(message),
        "assistant" when message.IsApiErrorMessage => [new TurnEvent.ApiError(ClaudeErrorReader.ReadMessage(message), null)],
        "assistant" => ReadMessage(message),
        "user" => [TurnEvent.ModelAlive.Instance],
        "system" => ReadSystem(message),
        "result" => ReadResult(message),
        _ => [],
    };

    private IEnumerable<TurnEvent> ReadSystem(ClaudeOutput message)
    {
        switch (message.Subtype)
        {
            case "init":
                // Printed anew when a part begins.
                sum.BeginPart();
                return message.SessionId is { } session ? [new TurnEvent.SessionBegan(session)] : [];
            case "api_retry":
                var apiError = ClaudeErrorReader.ReadRetry(message);
                return [new TurnEvent.ApiError(apiError, apiError.Sentence)];
            case "model_fallback":
                return [new TurnEvent.Notice(message.Content ?? "another model goes on")];
            case "background_tasks_changed":
                background = [.. (message.Tasks ?? []).Select(task => task.Description ?? task.TaskId ?? "?")];
                return [];
            default:
                return [];
        }
    }

    private IEnumerable<TurnEvent> ReadStreamEvent(ClaudeOutput message)
    {
        if (message.Event is not { } piece) return [];
        sum.CountPiece(message.ParentToolUseId, piece);
        if (message.ParentToolUseId is not null
            || piece is not { Type: "content_block_delta", Delta: { Type: "text_delta", Text: { } text } })
            return [TurnEvent.ModelAlive.Instance];
        streamed = true;
        return [new TurnEvent.Text(text)];
    }

    private IEnumerable<TurnEvent> ReadMessage(ClaudeOutput message)
    {
        var events = new List<TurnEvent> { TurnEvent.ModelAlive.Instance };
        if (message.ParentToolUseId is null && message.Message is { Content: { ValueKind: JsonValueKind.Array } content })
        {
            sum.BeginPart();
            foreach (var part in content.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
            {
                if (ReadString(part, "type") == "tool_use")
                {
                    words.Clear();
                    events.Add(new TurnEvent.Tool(ReadString(part, "name") ?? "?", DescribeInput(part)));
                }
                else if (ReadString(part, "type") == "text" && ReadString(part, "text") is { } text)
                {
                    words.Append(text);
                    // Its words were heard already, unless this version does not stream them.
                    if (!streamed) events.Add(new TurnEvent.Text(text));
                }
            }
        }
        streamed = false;
        return events;
    }

    private List<TurnEvent> ReadResult(ClaudeOutput message)
    {
        sum.AddPart(message, words.ToString());
        words.Clear();
        left = background;
        var events = new List<TurnEvent>();
        if (ClaudeErrorReader.ReadResult(message) is { } apiError) events.Add(new TurnEvent.ApiError(apiError, null));
        if (background.Length > 0)
            events.Add(new TurnEvent.Notice($"it has answered, and waits for what it left in the background: {string.Join(", ", left)}"));
        return [.. events, TurnEvent.Ended.Instance];
    }

    private static string? ReadString(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The one thing a person wants to know of a tool's input, else all of it.</summary>
    private static string DescribeInput(JsonElement part)
    {
        if (!part.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object) return "";
        foreach (var name in new[] { "command", "file_path", "path", "pattern", "url", "query", "description" })
            if (ReadString(input, name) is { } value) return value;
        return input.GetRawText();
    }
}
