using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Worker.Execution.Agents.Turns;

namespace OpenClaw.Worker.Execution.Gemini;

/// <summary>Reads what <c>gemini --output-format stream-json</c> prints. The answer is what it wrote after its last tool.</summary>
internal sealed class GeminiTurnReader : ITurnReader
{
    private const int LongestAnswer = 16 * 1024 * 1024, MostDenials = 20, LongestDenial = 300;
    private readonly StringBuilder words = new();
    private readonly Dictionary<string, string> tools = new(StringComparer.Ordinal);
    private readonly List<string> denied = [];
    private string? session, model, failure;
    private JsonElement? result;

    public IEnumerable<TurnEvent> ReadLine(ReadOnlyMemory<byte> bytes)
    {
        if (JsonLine.ParseObject(bytes) is not { } line) return [];
        switch (JsonLine.ReadString(line, "type"))
        {
            case "init":
                session = JsonLine.ReadString(line, "session_id");
                model = JsonLine.ReadString(line, "model") is { } named and not "auto" ? named : null;
                return session is null ? [] : [new TurnEvent.SessionBegan(session)];
            case "message" when JsonLine.ReadString(line, "role") == "assistant":
                var text = JsonLine.ReadString(line, "content") ?? "";
                if (words.Length + text.Length <= LongestAnswer) words.Append(text);
                return [new TurnEvent.Text(text)];
            case "tool_use":
                return [ReadTool(line)];
            case "tool_result":
                if (JsonLine.ReadObject(line, "error") is { } error) ReadDenial(line, error);
                return [TurnEvent.ModelAlive.Instance];
            case "error":
                if (JsonLine.ReadString(line, "severity") != "warning") failure = JsonLine.ReadString(line, "message");
                return [new TurnEvent.Notice(JsonLine.ReadString(line, "message") ?? "an error")];
            case "result":
                return ReadResult(line);
            default:
                return [];
        }
    }

    public IEnumerable<TurnEvent> ReadErrorLine(string line) =>
        GeminiErrorReader.ReadErrorLine(line) is { } apiError ? [new TurnEvent.ApiError(apiError, null)] : [];

    public TurnAnswer GetAnswer()
    {
        var error = result is { } end && JsonLine.ReadString(end, "status") != "success" ? FindError(end) : null;
        return new()
        {
            Text = result is not null && error is null ? words.ToString() : "",
            Ended = result is not null,
            Error = error,
            Facts = CreateFacts(),
            Denied = denied,
        };
    }

    private TurnEvent.Tool ReadTool(JsonElement line)
    {
        words.Clear();
        var (name, input) = (JsonLine.ReadString(line, "tool_name") ?? "?", DescribeInput(JsonLine.ReadObject(line, "parameters")));
        if (JsonLine.ReadString(line, "tool_id") is { } id) tools[id] = $"{name} {input}".TrimEnd();
        return new TurnEvent.Tool(name, input);
    }

    /// <summary>
    /// Without anybody to ask, a tool its mode does not allow is not even offered to the model, or its policy refuses it.
    /// </summary>
    private void ReadDenial(JsonElement line, JsonElement error)
    {
        if (JsonLine.ReadString(error, "type") is not ("tool_not_registered" or "policy_violation") || denied.Count >= MostDenials) return;
        var tool = tools.GetValueOrDefault(JsonLine.ReadString(line, "tool_id") ?? "") ?? "?";
        denied.Add(tool.Length <= LongestDenial ? tool : tool[..LongestDenial] + "...");
    }

    private IEnumerable<TurnEvent> ReadResult(JsonElement line)
    {
        result = line.Clone();
        if (JsonLine.ReadString(line, "status") == "success") return [TurnEvent.ModelAlive.Instance, TurnEvent.Ended.Instance];
        return GeminiErrorReader.ReadResult(FindError(line)) is { } apiError
            ? [new TurnEvent.ApiError(apiError, null), TurnEvent.Ended.Instance]
            : [TurnEvent.Ended.Instance];
    }

    private string FindError(JsonElement end) =>
        (JsonLine.ReadObject(end, "error") is { } error ? JsonLine.ReadString(error, "message") : null) ?? failure ?? "the turn failed";

    private JsonObject CreateFacts()
    {
        var facts = new JsonObject { ["agentSessionId"] = session, ["model"] = model };
        if (denied.Count > 0) facts["permissionDenials"] = new JsonArray([.. denied.Select(line => (JsonNode)line)]);
        if (result is not { } end || JsonLine.ReadObject(end, "stats") is not { } stats) return facts;
        facts["model"] = FindMainModel(stats) ?? model;
        facts["durationMs"] = JsonLine.ReadNumber(stats, "duration_ms");
        facts["tools"] = JsonLine.ReadNumber(stats, "tool_calls");
        facts["usage"] = new JsonObject
        {
            ["inputTokens"] = JsonLine.ReadNumber(stats, "input_tokens"),
            ["outputTokens"] = JsonLine.ReadNumber(stats, "output_tokens"),
            ["cacheReadInputTokens"] = JsonLine.ReadNumber(stats, "cached"),
        };
        return facts;
    }

    /// <summary>A router and others write little; the one that wrote most answered.</summary>
    private static string? FindMainModel(JsonElement stats) =>
        JsonLine.ReadObject(stats, "models") is not { } models ? null : models.EnumerateObject()
        .Where(used => used.Value.ValueKind == JsonValueKind.Object)
        .Select(used => (used.Name, Written: JsonLine.ReadNumber(used.Value, "output_tokens") ?? 0))
        .Where(used => used.Written > 0)
        .Reverse() // of equals the later one: routers are asked first
        .OrderByDescending(used => used.Written).Select(used => used.Name).FirstOrDefault();

    private static string DescribeInput(JsonElement? parameters) => parameters is not { } input ? ""
        : JsonLine.ReadString(input, "command")
            ?? JsonLine.ReadString(input, "file_path") ?? JsonLine.ReadString(input, "path") ?? input.GetRawText();
}
