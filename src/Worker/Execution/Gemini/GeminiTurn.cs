using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Gemini;

/// <summary>Reads what <c>gemini --output-format stream-json</c> prints. The answer is what it wrote after its last tool.</summary>
internal sealed class GeminiTurn : ITurnReader
{
    private const int LongestAnswer = 16 * 1024 * 1024;
    private readonly StringBuilder words = new();
    private string? session, model, failure;
    private JsonElement? result;

    public IEnumerable<TurnEvent> Line(ReadOnlyMemory<byte> line)
    {
        if (JsonLine.Object(line) is not { } said) return [];
        switch (JsonLine.Text(said, "type"))
        {
            case "init":
                (session, model) = (JsonLine.Text(said, "session_id"), JsonLine.Text(said, "model"));
                return session is null ? [] : [new TurnEvent.Began(session)];
            case "message" when JsonLine.Text(said, "role") == "assistant":
                var text = JsonLine.Text(said, "content") ?? "";
                if (words.Length + text.Length <= LongestAnswer) words.Append(text);
                return [new TurnEvent.Text(text)];
            case "tool_use":
                words.Clear();
                var input = JsonLine.Member(said, "parameters");
                return [new TurnEvent.Tool(JsonLine.Text(said, "tool_name") ?? "?", Input(input))];
            case "tool_result":
                return [TurnEvent.Alive.Instance];
            case "error":
                if (JsonLine.Text(said, "severity") != "warning") failure = JsonLine.Text(said, "message");
                return [new TurnEvent.Note(JsonLine.Text(said, "message") ?? "an error")];
            case "result":
                result = said.Clone();
                return [TurnEvent.Alive.Instance];
            default:
                return [];
        }
    }

    public TurnAnswer? Answer()
    {
        if (result is not { } said) return null;
        var facts = new JsonObject { ["agentSessionId"] = session, ["model"] = model };
        if (JsonLine.Member(said, "stats") is { } stats)
        {
            facts["durationMs"] = JsonLine.Number(stats, "duration_ms");
            facts["tools"] = JsonLine.Number(stats, "tool_calls");
            facts["usage"] = new JsonObject
            {
                ["inputTokens"] = JsonLine.Number(stats, "input_tokens"),
                ["outputTokens"] = JsonLine.Number(stats, "output_tokens"),
                ["cacheReadInputTokens"] = JsonLine.Number(stats, "cached"),
            };
        }
        if (JsonLine.Text(said, "status") == "success") return new TurnAnswer { Text = words.ToString(), Facts = facts };
        var error = (JsonLine.Member(said, "error") is { } told ? JsonLine.Text(told, "message") : null) ?? failure ?? "the turn failed";
        return new TurnAnswer { Text = error, Reason = "gemini-error", Facts = facts };
    }

    private static string Input(JsonElement? parameters) => parameters is not { } input ? ""
        : JsonLine.Text(input, "command") ?? JsonLine.Text(input, "file_path") ?? JsonLine.Text(input, "path") ?? input.GetRawText();
}
