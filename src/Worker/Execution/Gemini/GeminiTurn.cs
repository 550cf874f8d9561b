using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Gemini;

/// <summary>Reads what <c>gemini --output-format stream-json</c> prints. The answer is what it wrote after its last tool.</summary>
internal sealed class GeminiTurn : ITurnReader
{
    private const int LongestAnswer = 16 * 1024 * 1024, MostDenials = 20, LongestDenial = 300;
    private readonly StringBuilder words = new();
    private readonly Dictionary<string, string> tools = new(StringComparer.Ordinal);
    private readonly List<string> denied = [];
    private string? session, model, failure;
    private JsonElement? result;

    public IEnumerable<TurnEvent> Line(ReadOnlyMemory<byte> line)
    {
        if (JsonLine.Object(line) is not { } said) return [];
        switch (JsonLine.Text(said, "type"))
        {
            case "init":
                session = JsonLine.Text(said, "session_id");
                model = JsonLine.Text(said, "model") is { } named and not "auto" ? named : null;
                return session is null ? [] : [new TurnEvent.Began(session)];
            case "message" when JsonLine.Text(said, "role") == "assistant":
                var text = JsonLine.Text(said, "content") ?? "";
                if (words.Length + text.Length <= LongestAnswer) words.Append(text);
                return [new TurnEvent.Text(text)];
            case "tool_use":
                return [Tool(said)];
            case "tool_result":
                if (JsonLine.Member(said, "error") is { } error) Denied(said, error);
                return [TurnEvent.Alive.Instance];
            case "error":
                if (JsonLine.Text(said, "severity") != "warning") failure = JsonLine.Text(said, "message");
                return [new TurnEvent.Note(JsonLine.Text(said, "message") ?? "an error")];
            case "result":
                return Ended(said);
            default:
                return [];
        }
    }

    public IEnumerable<TurnEvent> ErrorLine(string line) =>
        GeminiTrouble.ReadErrorLine(line) is { } trouble ? [new TurnEvent.Trouble(trouble, null)] : [];

    public TurnAnswer Answer()
    {
        var error = result is { } end && JsonLine.Text(end, "status") != "success" ? FindError(end) : null;
        return new()
        {
            Text = result is not null && error is null ? words.ToString() : "",
            Ended = result is not null,
            Error = error,
            Facts = Facts(),
            Denied = denied,
        };
    }

    private TurnEvent.Tool Tool(JsonElement said)
    {
        words.Clear();
        var (name, input) = (JsonLine.Text(said, "tool_name") ?? "?", Input(JsonLine.Member(said, "parameters")));
        if (JsonLine.Text(said, "tool_id") is { } id) tools[id] = $"{name} {input}".TrimEnd();
        return new TurnEvent.Tool(name, input);
    }

    /// <summary>
    /// Without anybody to ask, a tool its mode does not allow is not even offered to the model, or its policy refuses it.
    /// </summary>
    private void Denied(JsonElement said, JsonElement error)
    {
        if (JsonLine.Text(error, "type") is not ("tool_not_registered" or "policy_violation") || denied.Count >= MostDenials) return;
        var tool = tools.GetValueOrDefault(JsonLine.Text(said, "tool_id") ?? "") ?? "?";
        denied.Add(tool.Length <= LongestDenial ? tool : tool[..LongestDenial] + "...");
    }

    private IEnumerable<TurnEvent> Ended(JsonElement said)
    {
        result = said.Clone();
        if (JsonLine.Text(said, "status") == "success") return [TurnEvent.Alive.Instance, TurnEvent.Over.Instance];
        return GeminiTrouble.ReadResult(FindError(said)) is { } trouble
            ? [new TurnEvent.Trouble(trouble, null), TurnEvent.Over.Instance]
            : [TurnEvent.Over.Instance];
    }

    private string FindError(JsonElement end) =>
        (JsonLine.Member(end, "error") is { } told ? JsonLine.Text(told, "message") : null) ?? failure ?? "the turn failed";

    private JsonObject Facts()
    {
        var facts = new JsonObject { ["agentSessionId"] = session, ["model"] = model };
        if (denied.Count > 0) facts["permissionDenials"] = new JsonArray([.. denied.Select(line => (JsonNode)line)]);
        if (result is not { } end || JsonLine.Member(end, "stats") is not { } stats) return facts;
        facts["model"] = Model(stats) ?? model;
        facts["durationMs"] = JsonLine.Number(stats, "duration_ms");
        facts["tools"] = JsonLine.Number(stats, "tool_calls");
        facts["usage"] = new JsonObject
        {
            ["inputTokens"] = JsonLine.Number(stats, "input_tokens"),
            ["outputTokens"] = JsonLine.Number(stats, "output_tokens"),
            ["cacheReadInputTokens"] = JsonLine.Number(stats, "cached"),
        };
        return facts;
    }

    /// <summary>A router and others write little; the one that wrote most answered.</summary>
    private static string? Model(JsonElement stats) => JsonLine.Member(stats, "models") is not { } models ? null : models.EnumerateObject()
        .Where(used => used.Value.ValueKind == JsonValueKind.Object)
        .Select(used => (used.Name, Written: JsonLine.Number(used.Value, "output_tokens") ?? 0))
        .Where(used => used.Written > 0)
        .Reverse() // of equals the later one: routers are asked first
        .OrderByDescending(used => used.Written).Select(used => used.Name).FirstOrDefault();

    private static string Input(JsonElement? parameters) => parameters is not { } input ? ""
        : JsonLine.Text(input, "command") ?? JsonLine.Text(input, "file_path") ?? JsonLine.Text(input, "path") ?? input.GetRawText();
}
