using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpenClaw.Protocol.Manifests;

/// <summary>
/// Reads a schema's JSON. What nobody would check is an error: unknown keywords, wrong types, a pattern that could run for long.
/// </summary>
internal static class SchemaReader
{
    private const int MaxDepth = 16;
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>Say something to people and nothing to us.</summary>
    private static readonly string[] Notes =
        ["title", "description", "default", "examples", "format", "deprecated", "$schema", "$id", "$comment"];

    public static SchemaNode ReadNode(JsonElement json, List<SchemaError> errors) => ReadNode(json, "", 0, errors);

    private static SchemaNode ReadNode(JsonElement json, string at, int depth, List<SchemaError> errors)
    {
        if (json.ValueKind == JsonValueKind.True) return new SchemaNode();
        if (json.ValueKind == JsonValueKind.False) return new SchemaNode { Never = true };
        if (json.ValueKind != JsonValueKind.Object) return AddError(errors, at, "must be an object, true or false");
        if (depth > MaxDepth) return AddError(errors, at, $"is nested deeper than {MaxDepth}");
        var fields = new Fields(json, at, errors);
        var node = new SchemaNode
        {
            Types = fields.ReadTypeNames(),
            Enum = fields.ReadValues(),
            Properties = fields.ReadSchemas("properties", (schema, pointer) => ReadNode(schema, pointer, depth + 1, errors)),
            Required = fields.ReadTexts("required"),
            Additional = Inner("additionalProperties"),
            Items = Inner("items"),
            MinItems = fields.ReadCount("minItems"),
            MaxItems = fields.ReadCount("maxItems"),
            MinLength = fields.ReadCount("minLength"),
            MaxLength = fields.ReadCount("maxLength"),
            Pattern = fields.ReadPattern(),
            Minimum = fields.ReadNumber("minimum"),
            Maximum = fields.ReadNumber("maximum"),
            Above = fields.ReadNumber("exclusiveMinimum"),
            Below = fields.ReadNumber("exclusiveMaximum"),
        };
        fields.ReportUnknown();
        return node;

        SchemaNode? Inner(string name) => fields.TakeField(name) is { } schema ? ReadNode(schema, $"{at}/{name}", depth + 1, errors) : null;
    }

    private static SchemaNode AddError(List<SchemaError> errors, string at, string message)
    {
        errors.Add(new(at, message));
        return new SchemaNode();
    }

    private sealed class Fields(JsonElement json, string at, List<SchemaError> errors)
    {
        private readonly Dictionary<string, JsonElement> left =
            json.EnumerateObject().ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);

        public JsonElement? TakeField(string name) => left.Remove(name, out var value) ? value : null;

        public string[]? ReadTypeNames()
        {
            if (TakeField("type") is not { } value) return null;
            var names = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : ToTexts(value);
            if (names is { Length: > 0 } && names.All(Types.Contains)) return names;
            return ReportError<string[]>("type", $"must be one or several of {string.Join(", ", Types)}");
        }

        public JsonElement[]? ReadValues()
        {
            if (TakeField("const") is { } one) return [one.Clone()];
            if (TakeField("enum") is not { } value) return null;
            return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
                ? [.. value.EnumerateArray().Select(item => item.Clone())]
                : ReportError<JsonElement[]>("enum", "must be an array that is not empty");
        }

        public IReadOnlyDictionary<string, SchemaNode> ReadSchemas(string name, Func<JsonElement, string, SchemaNode> read)
        {
            var result = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
            if (TakeField(name) is not { } value) return result;
            if (value.ValueKind != JsonValueKind.Object) ReportError<string>(name, "must be an object");
            else foreach (var field in value.EnumerateObject()) result[field.Name] = read(field.Value, $"{at}/{name}/{field.Name}");
            return result;
        }

        public string[] ReadTexts(string name) => TakeField(name) is not { } value ? []
            : ToTexts(value) ?? ReportError<string[]>(name, "must be an array of strings") ?? [];

        public long? ReadCount(string name)
        {
            if (TakeField(name) is not { } value) return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0) return count;
            ReportError<string>(name, "must be a whole number from 0");
            return null;
        }

        public double? ReadNumber(string name)
        {
            if (TakeField(name) is not { } value) return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)) return number;
            ReportError<string>(name, "must be a number");
            return null;
        }

        public Regex? ReadPattern()
        {
            if (TakeField("pattern") is not { } value) return null;
            if (value.ValueKind != JsonValueKind.String) return ReportError<Regex>("pattern", "must be a string");
            try
            {
                // Time linear in the text: nobody's pattern can hold up a server.
                return new Regex(value.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception error) when (error is ArgumentException or NotSupportedException)
            {
                return ReportError<Regex>("pattern", "must be a regular expression without look-around and back references");
            }
        }

        public void ReportUnknown()
        {
            foreach (var name in left.Keys.Except(Notes)) ReportError<string>(name, "is an unsupported keyword");
        }

        private static string[]? ToTexts(JsonElement value) =>
            value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
                : null;

        private T? ReportError<T>(string name, string message) where T : class
        {
            errors.Add(new($"{at}/{name}", message));
            return null;
        }
    }
}
