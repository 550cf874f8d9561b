using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Protocol.Problems;

namespace OpenClaw.Gateway.Requests;

/// <summary>Says in our words why a well-formed body is not the type asked for.</summary>
internal static class JsonErrors
{
    public static IReadOnlyList<FieldError> FromException(JsonException error, ReadOnlySpan<byte> body, JsonTypeInfo type)
    {
        var root = GetProperties(type);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var found = new List<FieldError>();
        using (var document = JsonDocument.Parse(body.ToArray(), new JsonDocumentOptions { MaxDepth = JsonInspection.MaxDepth }))
        {
            foreach (var member in document.RootElement.EnumerateObject())
            {
                var message = !names.Add(member.Name) ? "is duplicated"
                    : !root.TryGetValue(member.Name, out var property) ? "is not a field of this request"
                    : FindTypeError(member.Value, property);
                if (message is not null) found.Add(new(JsonLocation.EscapeText(member.Name), message));
            }
        }
        found.AddRange(root.Values.Where(property => property.IsRequired && !names.Contains(property.Name))
            .Select(property => new FieldError(property.Name, "is required")));
        // Deeper than the first level the serializer knows the place, and we the sentence.
        if (found.Count == 0) found.Add(new(JsonLocation.FormatPath(error.Path), "is unknown, is duplicated, or has the wrong type"));
        return found.Count > 16 ? found[..16] : found;
    }

    private static Dictionary<string, JsonPropertyInfo> GetProperties(JsonTypeInfo type) =>
        type.Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);

    private static string? FindTypeError(JsonElement value, JsonPropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (value.ValueKind == JsonValueKind.Null)
        {
            var nullable = property.IsSetNullable && (!type.IsValueType || type != property.PropertyType);
            return nullable ? null : $"must not be null; it is {DescribeType(type)}";
        }
        var fits = type switch
        {
            _ when type == typeof(string) => value.ValueKind == JsonValueKind.String,
            _ when type == typeof(bool) => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ when type == typeof(int) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
            _ when type == typeof(long) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ when type == typeof(byte[]) => value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out _),
            _ when type.IsArray => value.ValueKind == JsonValueKind.Array,
            _ when type == typeof(JsonElement) => true,
            _ => value.ValueKind == JsonValueKind.Object,
        };
        return fits ? null : $"must be {Ranges.FindRange(property.Name) ?? DescribeType(type)}";
    }

    private static string DescribeType(Type type) => type switch
    {
        _ when type == typeof(string) => "a string",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) => "a whole number of 32 bits",
        _ when type == typeof(long) => "a whole number of 64 bits",
        _ when type == typeof(byte[]) => "base64",
        _ when type.IsArray => "a list",
        _ => "an object",
    };
}
