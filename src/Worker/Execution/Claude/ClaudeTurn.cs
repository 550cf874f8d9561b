using System.Text;
using System.Text.Json;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>
/// Reads what Claude Code prints in one turn. A command the model left in the background keeps the program alive and wakes the model again,
/// so there may be several lines of type <c>result</c>, each of the part since the one before: they are added up.
/// </summary>
internal sealed class ClaudeTurn : ITurnReader
{
    private readonly StringBuilder words = new();
    private readonly ClaudeSum sum = new();
    private bool streamed;
    // What runs in the background now, and what ran when the last part ended: when it is told to end it stops them first, and says so.
    private string[] background = [], left = [];

    public IEnumerable<TurnEvent> Line(ReadOnlyMemory<byte> line)
    {
        // An update notice or a hook may print between.
        if (line.Span.TrimStart(" \t\r"u8) is not [(byte)'{', ..]) return [];
        try
        {
            return JsonSerializer.Deserialize(line.Span, ClaudeJson.Default.ClaudeOutput) is { } said ? Read(said) : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public TurnAnswer Answer() => sum.Answer(left);

    private IEnumerable<TurnEvent> Read(ClaudeOutput said) => said.Type switch
    {
        "stream_event" => Piece(said),
        "assistant" when said.IsApiErrorMessage => [new TurnEvent.Trouble(ClaudeTrouble.ReadMessage(said), null)],
        "assistant" => Message(said),
        "user" => [TurnEvent.Alive.Instance],
        "system" => System(said),
        "result" => Ended(said),
        _ => [],
    };

    private IEnumerable<TurnEvent> System(ClaudeOutput said)
    {
        switch (said.Subtype)
        {
            case "init":
                // Printed anew when a part begins.
                sum.Begin();
                return said.SessionId is { } session ? [new TurnEvent.Began(session)] : [];
            case "api_retry":
                var trouble = ClaudeTrouble.ReadRetry(said);
                return [new TurnEvent.Trouble(trouble, trouble.Sentence)];
            case "model_fallback":
                return [new TurnEvent.Note(said.Content ?? "another model goes on")];
            case "background_tasks_changed":
                background = [.. (said.Tasks ?? []).Select(task => task.Description ?? task.TaskId ?? "?")];
                return [];
            default:
                return [];
        }
    }

    private IEnumerable<TurnEvent> Piece(ClaudeOutput said)
    {
        if (said.Event is not { } piece) return [];
        sum.Count(said.ParentToolUseId, piece);
        if (said.ParentToolUseId is not null || piece is not { Type: "content_block_delta", Delta: { Type: "text_delta", Text: { } text } })
            return [TurnEvent.Alive.Instance];
        streamed = true;
        return [new TurnEvent.Text(text)];
    }

    private IEnumerable<TurnEvent> Message(ClaudeOutput said)
    {
        var events = new List<TurnEvent> { TurnEvent.Alive.Instance };
        if (said.ParentToolUseId is null && said.Message is { Content: { ValueKind: JsonValueKind.Array } content })
        {
            sum.Begin();
            foreach (var part in content.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
            {
                if (Text(part, "type") == "tool_use")
                {
                    words.Clear();
                    events.Add(new TurnEvent.Tool(Text(part, "name") ?? "?", Input(part)));
                }
                else if (Text(part, "type") == "text" && Text(part, "text") is { } text)
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

    private List<TurnEvent> Ended(ClaudeOutput said)
    {
        sum.Add(said, words.ToString());
        words.Clear();
        left = background;
        var events = new List<TurnEvent>();
        if (ClaudeTrouble.ReadResult(said) is { } trouble) events.Add(new TurnEvent.Trouble(trouble, null));
        if (background.Length > 0)
            events.Add(new TurnEvent.Note($"it has answered, and waits for what it left in the background: {string.Join(", ", left)}"));
        return [.. events, TurnEvent.Over.Instance];
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The one thing a person wants to know of a tool's input, else all of it.</summary>
    private static string Input(JsonElement part)
    {
        if (!part.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object) return "";
        foreach (var name in new[] { "command", "file_path", "path", "pattern", "url", "query", "description" })
            if (Text(input, name) is { } value) return value;
        return input.GetRawText();
    }
}
