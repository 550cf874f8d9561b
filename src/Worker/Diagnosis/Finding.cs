using System.Text.Json.Serialization;

namespace OpenClaw.Worker.Diagnosis;

internal enum Grade
{
    [JsonStringEnumMemberName("ok")]
    Ok,
    /// <summary>It works, but not everything will.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,
    /// <summary>The worker does not work like this.</summary>
    [JsonStringEnumMemberName("fault")]
    Error,
}

/// <summary>What came of one check. <paramref name="Do"/> says what to do about it.</summary>
internal sealed record Finding(string Check, Grade Grade, string Found, string? Do = null)
{
    public static Finding Ok(string check, string found) => new(check, Grade.Ok, found);
    public static Finding Warning(string check, string found, string act) => new(check, Grade.Warning, found, act);
    public static Finding Error(string check, string found, string act) => new(check, Grade.Error, found, act);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Finding[]))]
internal sealed partial class FindingJson : JsonSerializerContext;
