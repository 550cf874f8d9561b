using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpenClaw.Protocol.Manifests;

/// <summary>
/// The schema of a payload: a part of JSON Schema 2020-12 that is small enough to be read in one go and can't be made to run for long.
/// A keyword it does not know is an error, since nobody would check it. Immutable; safe from any thread. Pure.
/// </summary>
public sealed class PayloadSchema
{
    /// <summary>Largest schema, bytes of its JSON.</summary>
    public const int MaxBytes = 16 * 1024;

    private readonly SchemaNode root;

    private PayloadSchema(SchemaNode root, string digest) => (this.root, Digest) = (root, digest);

    /// <summary>The first 16 hex digits of the SHA-256 of its JSON: schemas of one text are one schema.</summary>
    public string Digest { get; }

    /// <summary>The schema, or everything that is wrong with it: a JSON pointer and a sentence.</summary>
    public static PayloadSchema? Read(JsonElement json, List<SchemaError> errors)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(json, ProtocolJson.Default.JsonElement);
        if (text.Length > MaxBytes)
        {
            errors.Add(new("", $"must be at most {MaxBytes} bytes"));
            return null;
        }
        var before = errors.Count;
        var root = SchemaReader.ReadNode(json, errors);
        return errors.Count > before ? null : new(root, Convert.ToHexStringLower(SHA256.HashData(text))[..16]);
    }

    /// <summary>Everything in a payload that does not fit, at most <paramref name="most"/>: a JSON pointer and a sentence.</summary>
    public IReadOnlyList<SchemaError> Validate(JsonElement payload, int most = 32)
    {
        var errors = new List<SchemaError>();
        Validate(root, payload, "", errors, most);
        return errors;
    }

    private static void Validate(SchemaNode node, JsonElement value, string at, List<SchemaError> errors, int most)
    {
        if (errors.Count >= most) return;
        if (node.Never) errors.Add(new(at, "is not allowed"));
        else if (node.Types is { } types && !types.Any(type => HasType(value, type)))
            errors.Add(new(at, $"must be {string.Join(" or ", types)}"));
        else
        {
            if (node.Enum is { } all && !all.Any(one => JsonElement.DeepEquals(one, value)))
                errors.Add(new(at, $"must be one of {string.Join(", ", all.Select(one => one.GetRawText()))}"));
            if (value.ValueKind == JsonValueKind.Object) ValidateObject(node, value, at, errors, most);
            else if (value.ValueKind == JsonValueKind.Array) ValidateArray(node, value, at, errors, most);
            else if (value.ValueKind == JsonValueKind.String) ValidateText(node, value.GetString()!, at, errors);
            else if (value.ValueKind == JsonValueKind.Number) ValidateNumber(node, value.GetDouble(), at, errors);
        }
    }

    private static void ValidateObject(SchemaNode node, JsonElement value, string at, List<SchemaError> errors, int most)
    {
        foreach (var name in node.Required)
            if (!value.TryGetProperty(name, out _)) errors.Add(new(AppendPointer(at, name), "is required"));
        foreach (var field in value.EnumerateObject())
        {
            if (errors.Count >= most) return;
            if (node.Properties.TryGetValue(field.Name, out var own))
                Validate(own, field.Value, AppendPointer(at, field.Name), errors, most);
            else if (node.Additional is { } other) Validate(other, field.Value, AppendPointer(at, field.Name), errors, most);
        }
    }

    private static void ValidateArray(SchemaNode node, JsonElement value, string at, List<SchemaError> errors, int most)
    {
        ValidateCount(value.GetArrayLength(), node.MinItems, node.MaxItems, "items", at, errors);
        if (node.Items is not { } items) return;
        var i = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (errors.Count >= most) return;
            Validate(items, item, AppendPointer(at, (i++).ToString(CultureInfo.InvariantCulture)), errors, most);
        }
    }

    private static void ValidateText(SchemaNode node, string text, string at, List<SchemaError> errors)
    {
        ValidateCount(text.EnumerateRunes().Count(), node.MinLength, node.MaxLength, "characters", at, errors);
        if (node.Pattern is { } pattern && !pattern.IsMatch(text)) errors.Add(new(at, $"must match {pattern}"));
    }

    private static void ValidateNumber(SchemaNode node, double number, string at, List<SchemaError> errors)
    {
        if (number < node.Minimum) errors.Add(new(at, string.Create(CultureInfo.InvariantCulture, $"must be at least {node.Minimum}")));
        if (number > node.Maximum) errors.Add(new(at, string.Create(CultureInfo.InvariantCulture, $"must be at most {node.Maximum}")));
        if (number <= node.Above) errors.Add(new(at, string.Create(CultureInfo.InvariantCulture, $"must be more than {node.Above}")));
        if (number >= node.Below) errors.Add(new(at, string.Create(CultureInfo.InvariantCulture, $"must be less than {node.Below}")));
    }

    private static void ValidateCount(int count, long? least, long? most, string what, string at, List<SchemaError> errors)
    {
        if (count < least) errors.Add(new(at, $"must have at least {least} {what}"));
        if (count > most) errors.Add(new(at, $"must have at most {most} {what}"));
    }

    private static bool HasType(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(value.GetDouble()),
        _ => false,
    };

    private static string AppendPointer(string at, string name) =>
        at + "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}

/// <summary>What is wrong, and where: a JSON pointer (<c>/scene/0/name</c>; empty: the whole) and a sentence without its subject.</summary>
public sealed record SchemaError(string Pointer, string Message);

/// <summary>One schema of a schema.</summary>
internal sealed class SchemaNode
{
    public bool Never { get; init; }
    public string[]? Types { get; init; }
    public JsonElement[]? Enum { get; init; }
    public IReadOnlyDictionary<string, SchemaNode> Properties { get; init; } = new Dictionary<string, SchemaNode>();
    public string[] Required { get; init; } = [];
    public SchemaNode? Additional { get; init; }
    public SchemaNode? Items { get; init; }
    public long? MinItems { get; init; }
    public long? MaxItems { get; init; }
    public long? MinLength { get; init; }
    public long? MaxLength { get; init; }
    public Regex? Pattern { get; init; }
    public double? Minimum { get; init; }
    public double? Maximum { get; init; }
    public double? Above { get; init; }
    public double? Below { get; init; }
}
