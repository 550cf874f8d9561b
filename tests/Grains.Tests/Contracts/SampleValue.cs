using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace OpenClaw.Grains.Tests.Contracts;

/// <summary>A value of a serialized type with something in every field, and what is in its fields as text.</summary>
internal static class SampleValue
{
    private static readonly DateTimeOffset Day = new(2026, 11, 30, 1, 2, 3, TimeSpan.Zero);

    public static object Make(Type type)
    {
        var value = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var (id, member) in ContractText.Members(type))
            member.SetValue(value, Fill(member.PropertyType, $"{type.Name}.{member.Name}", id + 1));
        return value;
    }

    /// <summary>Its fields by number, and theirs.</summary>
    public static JsonNode? Show(object? value) => value switch
    {
        null => null,
        string or bool or int or long or uint or byte => JsonValue.Create(value.ToString()),
        Enum or Guid => JsonValue.Create(value.ToString()),
        DateTimeOffset time => JsonValue.Create(time.ToString("O", CultureInfo.InvariantCulture)),
        TimeSpan span => JsonValue.Create(span.ToString("c", CultureInfo.InvariantCulture)),
        byte[] bytes => JsonValue.Create(Convert.ToHexString(bytes)),
        IEnumerable<KeyValuePair<string, string>> pairs =>
            new JsonObject(pairs.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        System.Collections.IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Show)]),
        _ => new JsonObject(ContractText.Members(value.GetType()).Select(
            field => KeyValuePair.Create(field.Id.ToString(CultureInfo.InvariantCulture), Show(field.Member.GetValue(value))))),
    };

    /// <summary>True when all that is in the older text is in the newer one; fields that came later may be beside it.</summary>
    public static bool Holds(JsonNode? newer, JsonNode? older) => (newer, older) switch
    {
        (JsonObject now, JsonObject then) =>
            then.All(field => now.TryGetPropertyValue(field.Key, out var value) && Holds(value, field.Value)),
        (JsonArray now, JsonArray then) => now.Count == then.Count && now.Zip(then).All(pair => Holds(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(newer, older),
    };

    private static object Fill(Type type, string name, uint number)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Fill(inner, name, number);
        if (type == typeof(string)) return name;
        if (type == typeof(bool)) return true;
        if (type == typeof(int)) return (int)number;
        if (type == typeof(long)) return (long)number << 33;
        if (type == typeof(Guid)) return new Guid(number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        if (type == typeof(DateTimeOffset)) return Day.AddTicks(number);
        if (type == typeof(TimeSpan)) return TimeSpan.FromTicks(number * 1_000_001);
        if (type == typeof(byte[])) return new byte[] { 0xC1, (byte)number };
        if (type == typeof(HashSet<string>)) return new HashSet<string>(StringComparer.Ordinal) { name };
        if (type == typeof(IReadOnlyDictionary<string, string>)) return new Dictionary<string, string> { [name] = "value" };
        if (type.IsEnum) return Enum.ToObject(type, 1);
        if (!type.IsArray) return Make(type);
        var array = Array.CreateInstance(type.GetElementType()!, 1);
        array.SetValue(Fill(type.GetElementType()!, name, number), 0);
        return array;
    }
}
