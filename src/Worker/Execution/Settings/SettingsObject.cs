using System.Globalization;
using System.Text.Json;

namespace OpenClaw.Worker.Execution.Settings;

/// <summary>
/// A JSON object of the settings file. Each question about a field adds what is wrong with it to one list, so that the owner
/// sees all errors at once; a field nobody asked about is misspelt.
/// </summary>
internal sealed class SettingsObject
{
    private readonly string path;
    private readonly List<string> errors;
    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);

    /// <summary>How the owner's files are read: with comments and trailing commas, without doubled fields.</summary>
    public static JsonDocumentOptions Relaxed { get; } = new()
    {
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 32,
    };

    public SettingsObject(string path, JsonElement? element, List<string> errors)
    {
        this.path = path;
        this.errors = errors;
        if (element is not { } given) return;
        if (given.ValueKind != JsonValueKind.Object) AddError(null, "must be an object");
        else foreach (var field in given.EnumerateObject()) fields[field.Name] = field.Value;
    }

    /// <summary>Notes an error of a field, or of the object itself.</summary>
    public void AddError(string? field, string message) => errors.Add($"{FormatPath(field)} {message}");

    /// <summary>True when the field is given and nobody has asked for it yet.</summary>
    public bool HasField(string field) => fields.ContainsKey(field);

    public long? ReadNumber(string field, long smallest, long largest)
    {
        if (ConsumeField(field) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= smallest && number <= largest)
            return number;
        AddError(field, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {smallest} to {largest}"));
        return null;
    }

    /// <summary>Objects in an array, in order; none when absent.</summary>
    public IReadOnlyList<SettingsObject> ReadObjects(string field)
    {
        if (ConsumeField(field) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray().Select((item, i) => new SettingsObject($"{FormatPath(field)}[{i}]", item, errors))];
        AddError(field, "must be an array of objects");
        return [];
    }

    /// <summary>A text that is not empty.</summary>
    public string? ReadString(string field)
    {
        if (ConsumeField(field) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && !text.Contains('\0')) return text;
        AddError(field, "must be a text that is not empty");
        return null;
    }

    public bool ReadBoolean(string field)
    {
        if (ConsumeField(field) is not { } value) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        AddError(field, "must be true or false");
        return false;
    }

    /// <summary>A whole number of milliseconds, at least 1, or 0 where that means something.</summary>
    public TimeSpan? ReadMilliseconds(string field, bool orZero = false)
    {
        if (ConsumeField(field) is not { } value) return null;
        var least = orZero ? 0 : 1;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var ms) && ms >= least && ms <= 604_800_000)
            return TimeSpan.FromMilliseconds(ms);
        AddError(field, $"must be a number of milliseconds from {least} to 604800000");
        return null;
    }

    public double? ReadNumber(string field, double least, double most)
    {
        if (ConsumeField(field) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
            return number;
        AddError(field, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"must be a number from {least} to {most}"));
        return null;
    }

    /// <summary>The field as it is, for somebody else to read.</summary>
    public JsonElement? ReadElement(string field) => ConsumeField(field);

    public IReadOnlyList<string> ReadStrings(string field)
    {
        if (ConsumeField(field) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsString))
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        AddError(field, "must be an array of strings");
        return [];
    }

    public IReadOnlyDictionary<string, string> ReadVariables(string field) =>
        ReadMap(field, name => name.Length > 0 && !name.Contains('=') && !name.Contains('\0') ? null : "is no name of a variable",
            ReadVariable);

    /// <summary>A nested object; an empty one when absent.</summary>
    public SettingsObject ReadObject(string field) => new(FormatPath(field), ConsumeField(field), errors);

    /// <summary>An object whose names are the owner's; <paramref name="findError"/> says what is wrong with a name.</summary>
    public IReadOnlyDictionary<string, T> ReadMap<T>(string field, Func<string, string?> findError, Func<SettingsObject, string, T?> read)
        where T : class
    {
        var inner = ReadObject(field);
        var result = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var name in inner.fields.Keys.ToArray())
        {
            if (findError(name) is { } error) inner.AddError(name, error);
            if (read(inner, name) is { } value) result[name] = value;
        }
        return result;
    }

    /// <summary>Names every field that nobody asked for.</summary>
    public void RejectUnknownFields()
    {
        foreach (var field in fields.Keys) AddError(field, "is unknown");
    }

    private static string? ReadVariable(SettingsObject variables, string name)
    {
        if (variables.ConsumeField(name) is { ValueKind: JsonValueKind.String } value && IsString(value)) return value.GetString();
        variables.AddError(name, "must be a text");
        return null;
    }

    private static bool IsString(JsonElement item) => item.ValueKind == JsonValueKind.String && !item.GetString()!.Contains('\0');

    private JsonElement? ConsumeField(string field) => fields.Remove(field, out var value) ? value : null;

    private string FormatPath(string? field) => (path.Length, field) switch
    {
        (0, null) => "the file",
        (_, null) => path,
        (0, _) => field,
        _ => $"{path}.{field}",
    };
}
