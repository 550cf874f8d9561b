using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpenClaw.Protocol.Manifests;

/// <summary>
/// The schema of a payload: a part of JSON Schema 2020-12 that is small enough to be read in one go and can't be made to run for long.
/// A keyword it does not know is a fault, since nobody would check it. Immutable; safe from any thread. Pure.
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
    public static PayloadSchema? Read(JsonElement json, List<SchemaError> faults)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(json, ProtocolJson.Default.JsonElement);
        if (text.Length > MaxBytes)
        {
            faults.Add(new("", $"must be at most {MaxBytes} bytes"));
            return null;
        }
        var before = faults.Count;
        var root = SchemaReader.ReadNode(json, faults);
        return faults.Count > before ? null : new(root, Convert.ToHexStringLower(SHA256.HashData(text))[..16]);
    }

    /// <summary>Everything in a payload that does not fit, at most <paramref name="most"/>: a JSON pointer and a sentence.</summary>
    public IReadOnlyList<SchemaError> Validate(JsonElement payload, int most = 32)
    {
        var faults = new List<SchemaError>();
        Validate(root, payload, "", faults, most);
        return faults;
    }

    private static void Validate(SchemaNode node, JsonElement value, string at, List<SchemaError> faults, int most)
    {
        if (faults.Count >= most) return;
        if (node.Never) faults.Add(new(at, "is not allowed"));
        else if (node.Types is { } types && !types.Any(type => HasType(value, type)))
            faults.Add(new(at, $"must be {string.Join(" or ", types)}"));
        else
        {
            if (node.Enum is { } all && !all.Any(one => JsonElement.DeepEquals(one, value)))
                faults.Add(new(at, $"must be one of {string.Join(", ", all.Select(one => one.GetRawText()))}"));
            if (value.ValueKind == JsonValueKind.Object) ValidateObject(node, value, at, faults, most);
            else if (value.ValueKind == JsonValueKind.Array) ValidateArray(node, value, at, faults, most);
            else if (value.ValueKind == JsonValueKind.String) ValidateText(node, value.GetString()!, at, faults);
            else if (value.ValueKind == JsonValueKind.Number) ValidateNumber(node, value.GetDouble(), at, faults);
        }
    }

    private static void ValidateObject(SchemaNode node, JsonElement value, string at, List<SchemaError> faults, int most)
    {
        foreach (var name in node.Required)
            if (!value.TryGetProperty(name, out _)) faults.Add(new(AppendPointer(at, name), "is required"));
        foreach (var field in value.EnumerateObject())
        {
            if (faults.Count >= most) return;
            if (node.Properties.TryGetValue(field.Name, out var own))
                Validate(own, field.Value, AppendPointer(at, field.Name), faults, most);
            else if (node.Additional is { } other) Validate(other, field.Value, AppendPointer(at, field.Name), faults, most);
        }
    }

    private static void ValidateArray(SchemaNode node, JsonElement value, string at, List<SchemaError> faults, int most)
    {
        ValidateCount(value.GetArrayLength(), node.MinItems, node.MaxItems, "items", at, faults);
        if (node.Items is not { } items) return;
        var i = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (faults.Count >= most) return;
            Validate(items, item, AppendPointer(at, (i++).ToString(CultureInfo.InvariantCulture)), faults, most);
        }
    }

    private static void ValidateText(SchemaNode node, string text, string at, List<SchemaError> faults)
    {
        ValidateCount(text.EnumerateRunes().Count(), node.MinLength, node.MaxLength, "characters", at, faults);
        if (node.Pattern is { } pattern && !pattern.IsMatch(text)) faults.Add(new(at, $"must match {pattern}"));
    }

    private static void ValidateNumber(SchemaNode node, double number, string at, List<SchemaError> faults)
    {
        if (number < node.Minimum) faults.Add(new(at, string.Create(CultureInfo.InvariantCulture, $"must be at least {node.Minimum}")));
        if (number > node.Maximum) faults.Add(new(at, string.Create(CultureInfo.InvariantCulture, $"must be at most {node.Maximum}")));
        if (number <= node.Above) faults.Add(new(at, string.Create(CultureInfo.InvariantCulture, $"must be more than {node.Above}")));
        if (number >= node.Below) faults.Add(new(at, string.Create(CultureInfo.InvariantCulture, $"must be less than {node.Below}")));
    }

    private static void ValidateCount(int count, long? least, long? most, string what, string at, List<SchemaError> faults)
    {
        if (count < least) faults.Add(new(at, $"must have at least {least} {what}"));
        if (count > most) faults.Add(new(at, $"must have at most {most} {what}"));
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
