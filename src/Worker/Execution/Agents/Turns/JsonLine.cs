using System.Text.Json;

namespace OpenClaw.Worker.Execution.Agents.Turns;

/// <summary>A line of an agent's output as JSON. It is another program's text: what is not there or is something else is null.</summary>
internal static class JsonLine
{
    public static JsonElement? ParseObject(ReadOnlyMemory<byte> line)
    {
        try
        {
            var element = JsonElement.Parse(line.Span);
            return element.ValueKind == JsonValueKind.Object ? element : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? ReadString(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static long? ReadNumber(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;

    public static JsonElement? ReadObject(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
