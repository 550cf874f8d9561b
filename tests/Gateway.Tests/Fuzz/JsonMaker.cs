using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OpenClaw.Gateway.Tests.Fuzz;

/// <summary>
/// Writes JSON for a schema: mostly what fits, and the wilder it is the more that does not. As text, because much of it no writer would
/// write.
/// </summary>
internal sealed class JsonMaker(Random random, ApiGrammar grammar, ValuePool values, double wildness)
{
    private static readonly string[] WildTexts =
    [
        "\"\"", "null", "true", "[]", "{}", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\u202eexe\"", "\"\u200b\"",
        "\"../x\"", "\"$(id)\"", "\"\\x\"", "\"unended", "{\"a\":1,\"a\":2}", "{\"\":{}}",
        "\"--flag\"", "\"%s%n%x\"", "\"' OR 1=1 --\"", "\"\ud83d\ude00\"", "\"a\\nb\"", "\"a\\u001b[2J\"", "\"\tb\"", "'x'", "NaN",
        "undefined", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "-1", "0", "1", "255", "65536", "2147483647", "2147483648", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "0.5", "1e2", "1e400", "-1e400", "1e-400", "00", "+1",
        "1.", "0x10", "\"5\"", "1 2", "\"9999-99-99T99:99:99Z\"", "[null]", "[\"\"]", "{\"x\":null}", "/* */1", "",
    ];

    private static readonly int[] WildLengths = [64, 200, 201, 255, 256, 1_025, 4_097, 70_000];

    private readonly StringBuilder text = new();

    public string WriteBody(JsonElement schema)
    {
        WriteValue(schema, "", 0);
        return text.ToString();
    }

    private bool IsWild() => random.NextDouble() < wildness;

    private void WriteValue(JsonElement schema, string name, int depth)
    {
        schema = grammar.Resolve(schema);
        // A call that waits long is no hang, and takes the time of many others: waits stay short, or wrong.
        if (name == "wait") text.Append(IsWild() ? values.WrongWait() : values.ShortWait());
        else if (IsWild()) WriteWild();
        else if (schema.ValueKind != JsonValueKind.Object || depth > 6) text.Append("{\"a\":[1,\"b\"]}");
        else WriteOfType(schema, name, depth);
    }

    private void WriteOfType(JsonElement schema, string name, int depth)
    {
        switch (ChooseType(schema))
        {
            case "object": WriteObject(schema, depth); break;
            case "array":
                var items = schema.TryGetProperty("items", out var item) ? item : default;
                WriteList(IsWild() ? random.Next(600) : random.Next(3), () => WriteValue(items, name, depth + 1), '[', ']');
                break;
            case "integer" or "number": text.Append(values.ChooseNumber(name)); break;
            case "boolean": text.Append(random.Next(2) == 0 ? "true" : "false"); break;
            case "null": text.Append("null"); break;
            default:
                var chosen = schema.TryGetProperty("enum", out var named) ? named[random.Next(named.GetArrayLength())].ToString()
                    : values.ChooseText(name);
                text.Append(JsonSerializer.Serialize(chosen));
                break;
        }
    }

    private string? ChooseType(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type)) return schema.TryGetProperty("properties", out _) ? "object" : "string";
        if (type.ValueKind != JsonValueKind.Array) return type.GetString();
        return type[random.Next(10) == 0 ? random.Next(type.GetArrayLength()) : 0].GetString();
    }

    private void WriteObject(JsonElement schema, int depth)
    {
        var members = new List<(string Name, JsonElement Schema)>();
        if (schema.TryGetProperty("properties", out var properties))
        {
            var required = schema.TryGetProperty("required", out var names)
                ? names.EnumerateArray().Select(one => one.GetString()).ToArray() : [];
            foreach (var property in properties.EnumerateObject())
            {
                var there = property.Name == "wait" || (required.Contains(property.Name) ? !IsWild() : random.Next(5) == 0);
                if (there) members.Add((property.Name, property.Value));
            }
        }
        else if (schema.TryGetProperty("additionalProperties", out var value) && value.ValueKind == JsonValueKind.Object)
        {
            for (var i = IsWild() ? random.Next(80) : random.Next(3); i > 0; i--) members.Add((values.ChooseText("key"), value));
        }
        if (IsWild() && members.Count > 0) members.Add(members[random.Next(members.Count)]);
        if (IsWild()) members.Add((values.ChooseWildName(), default));
        var at = 0;
        WriteList(members.Count, () =>
        {
            var (name, inner) = members[at++];
            text.Append(CultureInfo.InvariantCulture, $"{JsonSerializer.Serialize(name)}:");
            WriteValue(inner, name, depth + 1);
        }, '{', '}');
    }

    private void WriteList(int count, Action write, char begin, char end)
    {
        text.Append(begin);
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',');
            write();
        }
        text.Append(end);
    }

    private void WriteWild()
    {
        if (random.Next(12) == 0) text.Append('"').Append('x', WildLengths[random.Next(WildLengths.Length)]).Append('"');
        else if (random.Next(12) == 0) text.Append(JsonSerializer.Serialize(values.ChooseText("secret")));
        else text.Append(WildTexts[random.Next(WildTexts.Length)]);
    }
}
