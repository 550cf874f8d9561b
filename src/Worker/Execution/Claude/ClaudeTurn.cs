using System.Text.Json;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Claude;

/// <summary>Reads what Claude Code prints in one turn; the answer is its last line of type <c>result</c>.</summary>
internal sealed class ClaudeTurn : ITurnReader
{
    private bool streamed;
    private TurnAnswer? answer;

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

    public TurnAnswer? Answer() => answer;

    private IEnumerable<TurnEvent> Read(ClaudeOutput said) => said.Type switch
    {
        "stream_event" => Piece(said),
        "assistant" => Message(said),
        "user" => [TurnEvent.Alive.Instance],
        "system" when said.Subtype == "api_retry" => [new TurnEvent.Note(Retry(said))],
        "system" when said.Subtype == "model_fallback" => [new TurnEvent.Note(said.Content ?? "another model goes on")],
        "result" => Ended(said),
        _ => [],
    };

    private IEnumerable<TurnEvent> Piece(ClaudeOutput said)
    {
        if (said is { ParentToolUseId: null, Event: { Type: "content_block_delta", Delta: { Type: "text_delta", Text: { } text } } })
        {
            streamed = true;
            return [new TurnEvent.Text(text)];
        }
        return [TurnEvent.Alive.Instance];
    }

    private IEnumerable<TurnEvent> Message(ClaudeOutput said)
    {
        var events = new List<TurnEvent> { TurnEvent.Alive.Instance };
        if (said.ParentToolUseId is null && said.Message is { Content: { ValueKind: JsonValueKind.Array } content })
        {
            foreach (var part in content.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Object))
            {
                if (Text(part, "type") == "tool_use") events.Add(new TurnEvent.Tool(Text(part, "name") ?? "?", Input(part)));
                // Its words were heard already, unless this version does not stream them.
                else if (Text(part, "type") == "text" && !streamed && Text(part, "text") is { } text) events.Add(new TurnEvent.Text(text));
            }
        }
        streamed = false;
        return events;
    }

    private IEnumerable<TurnEvent> Ended(ClaudeOutput said)
    {
        answer = ClaudeResult.Of(said);
        return [TurnEvent.Alive.Instance];
    }

    private static string Retry(ClaudeOutput said) =>
        $"{said.Error ?? "the API failed"}{(said.ErrorStatus is { } code ? $" ({code})" : "")}, try {said.Attempt} of {said.MaxRetries}";

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
