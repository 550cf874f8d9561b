using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpenClaw.Protocol.Manifests;

/// <summary>
/// Reads a schema's JSON. What nobody would check is a fault: unknown keywords, wrong types, a pattern that could run for long.
/// </summary>
internal static class SchemaReader
{
    private const int MaxDepth = 16;
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>Say something to people and nothing to us.</summary>
    private static readonly string[] Notes =
        ["title", "description", "default", "examples", "format", "deprecated", "$schema", "$id", "$comment"];

    public static SchemaNode Read(JsonElement json, List<SchemaFault> faults) => Read(json, "", 0, faults);

    private static SchemaNode Read(JsonElement json, string at, int depth, List<SchemaFault> faults)
    {
        if (json.ValueKind == JsonValueKind.True) return new SchemaNode();
        if (json.ValueKind == JsonValueKind.False) return new SchemaNode { Never = true };
        if (json.ValueKind != JsonValueKind.Object) return Wrong(faults, at, "must be an object, true or false");
        if (depth > MaxDepth) return Wrong(faults, at, $"is nested deeper than {MaxDepth}");
        var fields = new Fields(json, at, faults);
        var node = new SchemaNode
        {
            Types = fields.TypeNames(),
            Enum = fields.Values(),
            Properties = fields.Schemas("properties", (schema, place) => Read(schema, place, depth + 1, faults)),
            Required = fields.Texts("required"),
            Additional = Inner("additionalProperties"),
            Items = Inner("items"),
            MinItems = fields.Count("minItems"),
            MaxItems = fields.Count("maxItems"),
            MinLength = fields.Count("minLength"),
            MaxLength = fields.Count("maxLength"),
            Pattern = fields.Pattern(),
            Minimum = fields.Number("minimum"),
            Maximum = fields.Number("maximum"),
            Above = fields.Number("exclusiveMinimum"),
            Below = fields.Number("exclusiveMaximum"),
        };
        fields.RefuseOthers();
        return node;

        SchemaNode? Inner(string name) => fields.Take(name) is { } schema ? Read(schema, $"{at}/{name}", depth + 1, faults) : null;
    }

    private static SchemaNode Wrong(List<SchemaFault> faults, string at, string message)
    {
        faults.Add(new(at, message));
        return new SchemaNode();
    }

    private sealed class Fields(JsonElement json, string at, List<SchemaFault> faults)
    {
        private readonly Dictionary<string, JsonElement> left =
            json.EnumerateObject().ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);

        public JsonElement? Take(string name) => left.Remove(name, out var value) ? value : null;

        public string[]? TypeNames()
        {
            if (Take("type") is not { } value) return null;
            var names = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : TextsOf(value);
            if (names is { Length: > 0 } && names.All(Types.Contains)) return names;
            return Fault<string[]>("type", $"must be one or several of {string.Join(", ", Types)}");
        }

        public JsonElement[]? Values()
        {
            if (Take("const") is { } one) return [one.Clone()];
            if (Take("enum") is not { } value) return null;
            return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
                ? [.. value.EnumerateArray().Select(item => item.Clone())]
                : Fault<JsonElement[]>("enum", "must be an array that is not empty");
        }

        public IReadOnlyDictionary<string, SchemaNode> Schemas(string name, Func<JsonElement, string, SchemaNode> read)
        {
            var result = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
            if (Take(name) is not { } value) return result;
            if (value.ValueKind != JsonValueKind.Object) Fault<string>(name, "must be an object");
            else foreach (var field in value.EnumerateObject()) result[field.Name] = read(field.Value, $"{at}/{name}/{field.Name}");
            return result;
        }

        public string[] Texts(string name) => Take(name) is not { } value ? []
            : TextsOf(value) ?? Fault<string[]>(name, "must be an array of strings") ?? [];

        public long? Count(string name)
        {
            if (Take(name) is not { } value) return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0) return count;
            Fault<string>(name, "must be a whole number from 0");
            return null;
        }

        public double? Number(string name)
        {
            if (Take(name) is not { } value) return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)) return number;
            Fault<string>(name, "must be a number");
            return null;
        }

        public Regex? Pattern()
        {
            if (Take("pattern") is not { } value) return null;
            if (value.ValueKind != JsonValueKind.String) return Fault<Regex>("pattern", "must be a string");
            try
            {
                // Time linear in the text: nobody's pattern can hold up a server.
                return new Regex(value.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception error) when (error is ArgumentException or NotSupportedException)
            {
                return Fault<Regex>("pattern", "must be a regular expression without look-around and back references");
            }
        }

        public void RefuseOthers()
        {
            foreach (var name in left.Keys.Except(Notes)) Fault<string>(name, "is an unsupported keyword");
        }

        private static string[]? TextsOf(JsonElement value) =>
            value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
                : null;

        private T? Fault<T>(string name, string message) where T : class
        {
            faults.Add(new($"{at}/{name}", message));
            return null;
        }
    }
}
